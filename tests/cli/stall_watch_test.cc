#include "cli/stall_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1000);

absl::Time At(int seconds) { return kStart + absl::Seconds(seconds); }

RunStatus Waiting(double worker_silent_for) {
  RunStatus status;
  status.set_next_step(4);
  status.set_waiting_for("learner waits for 37 samples of step 4");
  status.add_roles()->set_name("rank-0");
  RoleStatus* worker = status.add_roles();
  worker->set_name("worker-0");
  worker->set_seconds_since_seen(worker_silent_for);
  return status;
}

TEST(StallWatch, NamesWhatIsWaitedForAndTheMostSilentRole) {
  StallWatch watch({}, kStart);
  EXPECT_THAT(watch.OnStatus(Waiting(0), At(0)).message, IsEmpty());
  EXPECT_THAT(watch.OnStatus(Waiting(28), At(29)).message, IsEmpty());
  EXPECT_EQ(
      watch.OnStatus(Waiting(29), At(30)).message,
      "no progress for 30s: learner waits for 37 samples of step 4; worker-0 last called the hub 29s ago");
}

TEST(StallWatch, RepeatsItselfOnlyWhenTheWaitHasDoubled) {
  StallWatch watch({}, kStart);
  watch.OnStatus(Waiting(0), At(0));
  EXPECT_THAT(watch.OnStatus(Waiting(0), At(30)).message, HasSubstr("30s"));
  EXPECT_THAT(watch.OnStatus(Waiting(0), At(59)).message, IsEmpty());
  EXPECT_THAT(watch.OnStatus(Waiting(0), At(60)).message, HasSubstr("1m00s"));
}

TEST(StallWatch, TakesAnySampleThatBecomesTerminalForProgress) {
  StallWatch watch({}, kStart);
  watch.OnStatus(Waiting(0), At(0));
  RunStatus moved = Waiting(0);
  moved.mutable_samples()->set_dropped(1);
  EXPECT_THAT(watch.OnStatus(moved, At(29)).message, IsEmpty());
  EXPECT_THAT(watch.OnStatus(moved, At(58)).message, IsEmpty());
  EXPECT_THAT(watch.OnStatus(moved, At(59)).message, HasSubstr("30s"));
}

TEST(StallWatch, TakesGeneratedTokensForProgress) {
  StallWatch watch({}, kStart);
  watch.OnStatus(Waiting(0), At(0));
  RunStatus generating = Waiting(0);
  generating.set_tokens_per_second(5);
  watch.OnStatus(generating, At(29));
  EXPECT_THAT(watch.OnStatus(Waiting(0), At(40)).message, IsEmpty());
}

TEST(StallWatch, AsksToKillOnlyRolesThatHaveBeenSilentAsLong) {
  StallWatch watch({}, kStart);
  watch.OnStatus(Waiting(0), At(0));
  EXPECT_THAT(watch.OnStatus(Waiting(149), At(149)).to_kill, IsEmpty());
  EXPECT_THAT(watch.OnStatus(Waiting(150), At(150)).to_kill, ElementsAre("worker-0"));
}

TEST(StallWatch, BlamesAHubThatDoesNotAnswer) {
  StallWatch watch({}, kStart);
  EXPECT_THAT(watch.OnSilence("deadline exceeded", At(10)).message, IsEmpty());
  EXPECT_THAT(watch.OnSilence("deadline exceeded", At(30)).message,
              HasSubstr("the hub (credit) has not answered RunControl.Status for 30s: deadline exceeded"));
  EXPECT_THAT(watch.OnSilence("deadline exceeded", At(59)).to_kill, IsEmpty());
  EXPECT_THAT(watch.OnSilence("deadline exceeded", At(60)).to_kill, ElementsAre("credit"));
}

TEST(StallWatch, GivesTheWholeTimeToWhatWasStartedAnew) {
  StallWatch watch({}, kStart);
  watch.OnRestart(At(100));
  EXPECT_THAT(watch.OnSilence("refused", At(150)).to_kill, IsEmpty());
}

}  // namespace
}  // namespace rubato
