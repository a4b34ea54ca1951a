#include "common/rpc/retry.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/fake_clock.h"

namespace rubato {
namespace {

const CallName kName = {"rollout worker-0", "127.0.0.1:7000", "Lease"};

bool Contains(const absl::Status& status, const std::string& part) {
  return std::string(status.message()).find(part) != std::string::npos;
}

// A world in which sleeping moves the clock.
struct World {
  FakeClock clock;
  std::vector<absl::Duration> sleeps;
  std::stop_source stop;
  RetryTime time{&clock, [this](absl::Duration wait, const std::stop_token& token) {
                   sleeps.push_back(wait);
                   clock.Advance(wait);
                   return !token.stop_requested();
                 }};
};

TEST(CallWithRetry, GivesTheFirstAnswer) {
  World world;
  int calls = 0;
  const auto answer = CallWithRetry(
      RetryPolicy{}, kName, {}, [&](absl::Duration) -> absl::StatusOr<int> { return ++calls; }, world.time);
  EXPECT_EQ(*answer, 1);
  EXPECT_TRUE(world.sleeps.empty());
}

TEST(CallWithRetry, TriesAgainWhileThePeerIsAway) {
  World world;
  int calls = 0;
  const auto answer = CallWithRetry(
      RetryPolicy{}, kName, {},
      [&](absl::Duration) -> absl::StatusOr<int> {
        if (++calls < 4) return absl::UnavailableError("connection refused");
        return calls;
      },
      world.time);
  EXPECT_EQ(*answer, 4);
  EXPECT_EQ(world.sleeps.size(), 3u);
}

TEST(CallWithRetry, TriesAgainWhenAPeerThatShutsDownCancelsTheCall) {
  World world;
  int calls = 0;
  const auto answer = CallWithRetry(
      RetryPolicy{}, kName, {},
      [&](absl::Duration) -> absl::StatusOr<int> {
        if (++calls < 2) return absl::CancelledError("CANCELLED");
        return calls;
      },
      world.time);
  EXPECT_EQ(*answer, 2);
}

TEST(CallWithRetry, GivesUpAfterTheTotalNamingRolePeerAndCall) {
  World world;
  const absl::Status status = CallWithRetry(
      RetryPolicy{.total = absl::Seconds(10)}, kName, {},
      [](absl::Duration) { return absl::UnavailableError("connection refused"); }, world.time);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Contains(status, "rollout worker-0 called Lease at 127.0.0.1:7000: no answer in ")) << status;
  EXPECT_TRUE(Contains(status, "connection refused")) << status;
  absl::Duration slept;
  for (absl::Duration sleep : world.sleeps) slept += sleep;
  EXPECT_LE(slept, absl::Seconds(10));
  EXPECT_GE(slept, absl::Seconds(8));
}

TEST(CallWithRetry, ReturnsOtherErrorsAtOnceWithTheirCode) {
  World world;
  int calls = 0;
  const absl::Status status = CallWithRetry(
      RetryPolicy{}, kName, {},
      [&](absl::Duration) {
        ++calls;
        return absl::AbortedError("old epoch");
      },
      world.time);
  EXPECT_EQ(status, absl::AbortedError("rollout worker-0 called Lease at 127.0.0.1:7000: old epoch"));
  EXPECT_EQ(calls, 1);
}

TEST(CallWithRetry, TriesAgainAfterADeadlineOnlyWhereTwiceIsOnce) {
  for (bool idempotent : {true, false}) {
    World world;
    int calls = 0;
    const absl::Status status = CallWithRetry(
        RetryPolicy{.idempotent = idempotent}, kName, {},
        [&](absl::Duration) { return ++calls == 1 ? absl::DeadlineExceededError("slow") : absl::OkStatus(); },
        world.time);
    EXPECT_EQ(calls, idempotent ? 2 : 1);
    EXPECT_EQ(status.ok(), idempotent);
  }
}

TEST(CallWithRetry, GivesEachTryWhatIsLeftAtMost) {
  World world;
  std::vector<absl::Duration> timeouts;
  const RetryPolicy policy = {.total = absl::Seconds(5), .per_try = absl::Seconds(3)};
  EXPECT_FALSE(CallWithRetry(
                   policy, kName, {},
                   [&](absl::Duration timeout) {
                     timeouts.push_back(timeout);
                     world.clock.Advance(timeout);
                     return absl::DeadlineExceededError("slow");
                   },
                   world.time)
                   .ok());
  ASSERT_EQ(timeouts.size(), 2u);
  EXPECT_EQ(timeouts[0], absl::Seconds(3));
  EXPECT_LT(timeouts[1], absl::Seconds(2));
}

TEST(CallWithRetry, EndsWhenStoppedWhileWaiting) {
  World world;
  const absl::Status status = CallWithRetry(
      RetryPolicy{}, kName, world.stop.get_token(),
      [&](absl::Duration) {
        world.stop.request_stop();
        return absl::UnavailableError("away");
      },
      world.time);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(Contains(status, "Lease"));
}

TEST(CallWithRetry, DoesNotBeginWhenStopped) {
  World world;
  world.stop.request_stop();
  bool called = false;
  const absl::Status status = CallWithRetry(
      RetryPolicy{}, kName, world.stop.get_token(),
      [&](absl::Duration) {
        called = true;
        return absl::OkStatus();
      },
      world.time);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace rubato
