#include "credit/hub_thread.h"

#include <algorithm>
#include <chrono>

#include "common/log.h"
#include "common/status.h"

namespace rubato {
namespace {

// Bounds the work of one commit and the time until its first reply.
constexpr size_t kBatchCalls = 256;
constexpr absl::Duration kLongestSleep = absl::Seconds(1);

absl::Status Away() { return absl::UnavailableError("the hub is stopping; try again"); }

}  // namespace

HubThread::HubThread(const Options& options) : options_(options) {
  thread_ = std::thread([this] { Run(); });
}

HubThread::~HubThread() { Stop(); }

void HubThread::Enqueue(std::unique_ptr<HubCall> call) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && !ended_) {
      queue_.push_back(std::move(call));
      wake_.notify_one();
      return;
    }
  }
  call->Fail(Away());
}

void HubThread::Poke() {
  std::lock_guard lock(mutex_);
  poked_ = true;
  wake_.notify_one();
}

void HubThread::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Duration HubThread::UntilNextEvent() const {
  absl::Time next = options_.state->work.NextExpiry();
  for (const auto& call : waiting_) next = std::min(next, call->deadline());
  return std::clamp(next - options_.clock->Now(), absl::ZeroDuration(), kLongestSleep);
}

HubThread::Calls HubThread::TakeQueued() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, absl::ToChronoMicroseconds(UntilNextEvent()),
                 [&] { return stopping_ || poked_ || !queue_.empty(); });
  poked_ = false;
  Calls calls;
  while (!queue_.empty() && calls.size() < kBatchCalls) {
    calls.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return calls;
}

void HubThread::Run() {
  const auto running = [this] {
    std::lock_guard lock(mutex_);
    return !stopping_ && !ended_;
  };
  while (running()) RunBatch(TakeQueued());
  End(Away(), {});
}

void HubThread::RunBatch(Calls calls) {
  Calls answered;
  options_.state->Expire();
  for (const auto& call : calls) askers_ += call->wants_work();
  for (auto& call : calls) Try(std::move(call), &answered);
  TryWaiting(&answered);
  CommitAndRelease(std::move(answered));
}

void HubThread::Try(std::unique_ptr<HubCall> call, Calls* answered) {
  if (!options_.state->fatal.ok()) {
    answered->push_back(std::move(call));  // it will fail with the others
  } else if (call->Gone()) {
    askers_ -= call->wants_work();
    call->Fail(absl::CancelledError("the caller has left"));
  } else if (call->Try(options_.clock->Now())) {
    askers_ -= call->wants_work();
    answered->push_back(std::move(call));
  } else {
    waiting_.push_back(std::move(call));
  }
}

// Answers change the state too, so this goes on until nothing moves.
void HubThread::TryWaiting(Calls* answered) {
  const absl::Time now = options_.clock->Now();
  bool changed = options_.state->revision() != seen_revision_;
  const bool due = std::any_of(waiting_.begin(), waiting_.end(),
                               [&](const auto& call) { return call->deadline() <= now || call->Gone(); });
  while (changed || due) {
    seen_revision_ = options_.state->revision();
    std::list<std::unique_ptr<HubCall>> again = std::move(waiting_);
    waiting_.clear();
    for (auto& call : again) Try(std::move(call), answered);
    changed = options_.state->revision() != seen_revision_;
    if (!changed) return;
  }
}

void HubThread::CommitAndRelease(Calls answered) {
  HubState& state = *options_.state;
  absl::Status status = state.fatal;
  if (status.ok()) status = state.ledger.Commit();
  if (status.ok()) status = options_.files->Flush(&state);
  if (!status.ok()) {
    LogError("hub_ends", {{"why", status.message()}});
    End(status, std::move(answered));
    if (options_.on_end) options_.on_end(status);
    return;
  }
  for (auto& call : answered) call->Release();
  if (options_.on_commit) options_.on_commit(state);
}

void HubThread::End(const absl::Status& why, Calls answered) {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    for (auto& call : queue_) answered.push_back(std::move(call));
    queue_.clear();
  }
  for (auto& call : waiting_) answered.push_back(std::move(call));
  waiting_.clear();
  for (auto& call : answered) call->Fail(absl::UnavailableError(why.message()));
}

}  // namespace rubato
