#include "common/clock.h"

#include <gtest/gtest.h>

#include <stop_token>
#include <thread>

#include "absl/time/clock.h"
#include "common/fake_clock.h"
#include "common/stoppable_wait.h"

namespace rubato {
namespace {

TEST(RealClock, BeginsAtTheWallClockAndNeverGoesBack) {
  absl::Time last = RealClock().Now();
  EXPECT_LT(absl::AbsDuration(absl::Now() - last), absl::Minutes(1));
  for (int i = 0; i < 1000; ++i) {
    const absl::Time now = RealClock().Now();
    EXPECT_GE(now, last);
    last = now;
  }
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Seconds(3));
  EXPECT_EQ(clock.Now() - start, absl::Seconds(3));
}

TEST(SleepUnlessStopped, EndsByItself) {
  EXPECT_TRUE(SleepUnlessStopped(absl::Milliseconds(1), std::stop_token()));
  EXPECT_TRUE(SleepUnlessStopped(absl::ZeroDuration(), std::stop_token()));
}

TEST(SleepUnlessStopped, ReturnsAtOnceAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(SleepUnlessStopped(absl::InfiniteDuration(), stop.get_token()));
}

TEST(SleepUnlessStopped, IsWokenByAStop) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(SleepUnlessStopped(absl::InfiniteDuration(), stop.get_token()));
}

}  // namespace
}  // namespace rubato
