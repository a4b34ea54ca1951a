#include "kernels/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <utility>
#include <vector>

namespace rubato {
namespace {

TEST(ThreadPool, RunsEachTaskOnce) {
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int count : {0, 1, 2, 100}) {
      std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
      pool.Run(count, [&](int i) { ++calls[static_cast<size_t>(i)]; });
      for (const auto& n : calls) EXPECT_EQ(n, 1);
    }
  }
}

TEST(ThreadPool, UsesItsThreads) {
  ThreadPool pool(2);
  std::atomic<int> here = 0;
  // Each task waits for the other, so one thread alone would never return.
  pool.Run(2, [&](int) {
    ++here;
    while (here < 2) std::this_thread::yield();
  });
  EXPECT_EQ(here, 2);
}

TEST(ThreadPool, IsUsedAgainAndAgain) {
  ThreadPool pool(2);
  std::atomic<int> sum = 0;
  for (int round = 0; round < 2000; ++round) pool.Run(3, [&](int i) { sum += i; });
  EXPECT_EQ(sum, 2000 * 3);
}

TEST(ParallelFor, CoversTheRangeWithoutOverlap) {
  ThreadPool pool(3);
  for (ThreadPool* p : {static_cast<ThreadPool*>(nullptr), &pool}) {
    for (int64_t n : {0, 1, 11, 12, 13, 100}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(n));
      ParallelFor(p, n, 12, [&](int64_t begin, int64_t end) {
        EXPECT_EQ(begin % 12, 0);
        for (int64_t i = begin; i < end; ++i) ++seen[static_cast<size_t>(i)];
      });
      for (const auto& count : seen) EXPECT_EQ(count, 1);
    }
  }
}

}  // namespace
}  // namespace rubato
