#include "kernels/parallel.h"

#include <algorithm>

namespace rubato {

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { Work(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::Run(int count, const std::function<void(int)>& task) {
  if (workers_.empty() || count <= 1) {
    for (int i = 0; i < count; ++i) task(i);
    return;
  }
  std::unique_lock<std::mutex> lock(mutex_);
  task_ = &task;
  next_ = 0;
  count_ = count;
  wake_.notify_all();
  RunTasks(lock);
  done_.wait(lock, [this] { return running_ == 0; });
  task_ = nullptr;
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || next_ < count_; });
    if (stop_) return;
    RunTasks(lock);
  }
}

void ThreadPool::RunTasks(std::unique_lock<std::mutex>& lock) {
  while (next_ < count_) {
    const int index = next_++;
    ++running_;
    lock.unlock();
    (*task_)(index);
    lock.lock();
    if (--running_ == 0) done_.notify_one();
  }
}

void ParallelFor(ThreadPool* pool, int64_t n, int64_t grain,
                 const std::function<void(int64_t, int64_t)>& body) {
  if (n <= 0) return;
  if (pool == nullptr || pool->threads() == 1 || n <= grain) {
    body(0, n);
    return;
  }
  const int64_t grains = (n + grain - 1) / grain;
  const int64_t ranges = std::min<int64_t>(grains, pool->threads());
  pool->Run(static_cast<int>(ranges), [&](int i) {
    const int64_t begin = grains * i / ranges * grain;
    const int64_t end = std::min(n, grains * (i + 1) / ranges * grain);
    body(begin, end);
  });
}

}  // namespace rubato
