#include "tasks/verdict_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rubato {

bool VerdictQueue::Push(PendingVerdict* pending) {
  std::unique_lock lock(mutex_);
  not_full_.wait(lock, [this] { return closed_ || waiting_.size() < capacity_; });
  if (closed_) return false;
  waiting_.push_back(std::move(*pending));
  not_empty_.notify_one();
  return true;
}

std::deque<PendingVerdict> VerdictQueue::Take(size_t most, bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) not_empty_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
  std::deque<PendingVerdict> taken;
  if (closed_) return taken;
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
  std::move(waiting_.begin(), end, std::back_inserter(taken));
  waiting_.erase(waiting_.begin(), end);
  not_full_.notify_all();
  return taken;
}

void VerdictQueue::ReturnToFront(std::deque<PendingVerdict> pending) {
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), std::make_move_iterator(pending.begin()),
                  std::make_move_iterator(pending.end()));
  not_empty_.notify_all();
}

void VerdictQueue::ReturnToEnd(PendingVerdict pending) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(pending));
  not_empty_.notify_one();
}

void VerdictQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  not_empty_.notify_all();
  not_full_.notify_all();
}

bool VerdictQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::deque<PendingVerdict> VerdictQueue::TakeAll() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace rubato
