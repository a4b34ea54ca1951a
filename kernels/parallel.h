#pragma once

// Threads for the kernels.
//
// A pool belongs to one caller at a time: Run blocks until all its tasks are done, and two threads must not
// call Run on one pool together.  Kernels take `ThreadPool*`; null means the calling thread does everything.
// Idle threads sleep on a condition variable and never spin, because a process rarely has its cores to
// itself. How work is split never changes a result.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rubato {

class ThreadPool {
 public:
  // `threads` counts the caller, so 1 starts none.  threads >= 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(i) once for each i in [0, count), on the pool's threads and the caller's, and waits for all.
  // Tasks are handed out in order.  `task` must not call Run on the same pool and must not throw.
  void Run(int count, const std::function<void(int)>& task);

 private:
  void Work();
  void RunTasks(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(int)>* task_ = nullptr;
  int next_ = 0;
  int count_ = 0;
  int running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> workers_;
};

// Splits [0, n) into at most pool->threads() contiguous ranges of at least `grain` items, whose starts are
// multiples of `grain`, and calls body(begin, end) for each.  A null pool, or n <= grain, is one plain call.
void ParallelFor(ThreadPool* pool, int64_t n, int64_t grain,
                 const std::function<void(int64_t, int64_t)>& body);

}  // namespace rubato
