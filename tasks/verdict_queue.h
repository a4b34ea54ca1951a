// Requests that wait for a verifier process. Thread-safe.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "tasks/verifier_pool.h"

namespace rubato {

struct PendingVerdict {
  uint64_t id = 0;
  std::string line;  // the request, as it goes over the pipe
  std::function<void(Judgement)> done;
  int attempts = 0;  // that failed
};

class VerdictQueue {
 public:
  explicit VerdictQueue(size_t capacity) : capacity_(capacity) {}

  // At the end. Blocks while the queue is full; false, and nothing taken, if it is or becomes closed.
  bool Push(PendingVerdict* pending);

  // Up to `most` from the front. `wait`: blocks until there is one. Empty when closed.
  std::deque<PendingVerdict> Take(size_t most, bool wait);

  // Brings back what was taken: at the front in the same order, or at the end. Never blocks, closed or not.
  void ReturnToFront(std::deque<PendingVerdict> pending);
  void ReturnToEnd(PendingVerdict pending);

  // Everybody who waits goes on. What is left can be taken with TakeAll only.
  void Close();
  bool closed() const;
  std::deque<PendingVerdict> TakeAll();

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_, not_full_;
  std::deque<PendingVerdict> waiting_;
  bool closed_ = false;
};

}  // namespace rubato
