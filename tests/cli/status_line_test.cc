#include "cli/status_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Sparkline, RunsFromTheLowestBlockToTheHighest) { EXPECT_EQ(Sparkline({0, 0.5, 1}, 10), "▁▅█"); }

TEST(Sparkline, IsFlatForEqualValuesAndEmptyForNone) {
  EXPECT_EQ(Sparkline({3, 3, 3}, 10), "▁▁▁");
  EXPECT_EQ(Sparkline({}, 10), "");
  EXPECT_EQ(Sparkline({1}, 0), "");
}

TEST(Sparkline, AveragesNeighboursWhenThereAreTooMany) { EXPECT_EQ(Sparkline({0, 2, 8, 8, 1, 1}, 3), "▁█▁"); }

TEST(Sparkline, SurvivesValuesThatAreNoNumbers) {
  EXPECT_EQ(Sparkline({0, std::numeric_limits<double>::quiet_NaN(), 1}, 10), "▁▁█");
}

RunStatus Training() {
  RunStatus status;
  status.set_next_step(2);
  status.set_steps(60);
  for (const double reward : {0.2, 0.4}) {
    StepSummary* step = status.add_recent();
    step->set_reward_mean(reward);
    step->set_seconds(2);
  }
  status.add_evals()->set_mean_reward(0.341);
  status.set_tokens_per_second(3210);
  status.set_waiting_for("learner waits for 37 samples of step 2");
  return status;
}

TEST(StatusLine, SaysEverythingInOrderOfImportance) {
  EXPECT_EQ(RenderStatusLine(Training(), 200),
            "step 2/60  reward 0.400 ▁█  held-out 34.1%  3.2k tok/s  staleness 0.0  ETA 1m56s  "
            "learner waits for 37 samples of step 2");
}

TEST(StatusLine, LeavesOutWhatIsNotKnownYet) {
  RunStatus status;
  status.set_steps(60);
  EXPECT_EQ(RenderStatusLine(status, 200), "step 0/60");
}

TEST(StatusLine, SaysOnEightyColumnsWhoWaits) {
  RunStatus status = Training();
  status.set_next_step(1234);
  status.set_steps(2000);
  for (int i = 0; i < 20; ++i) *status.add_recent() = status.recent(i % 2);
  status.set_waiting_for("the learner waits for 37 samples of step 1234");
  const std::string line = RenderStatusLine(status, 79);
  EXPECT_THAT(line, HasSubstr("step 1234/2000  reward 0.400"));
  EXPECT_THAT(line, HasSubstr("ETA 25m32s"));
  EXPECT_THAT(line, HasSubstr("the learner waits for 37 samples"));
}

TEST(StatusLine, LeavesOutTheLeastNeededFirst) {
  const std::vector<std::string> parts = {"staleness", "tok/s", "held-out", "▁█", "ETA", "reward"};
  size_t gone = 0;
  for (size_t columns = 117; columns > 40; --columns) {
    const std::string line = RenderStatusLine(Training(), columns);
    EXPECT_THAT(line, AllOf(HasSubstr("step 2/60"), HasSubstr("learner waits for 37 samples")));
    while (gone < parts.size() && line.find(parts[gone]) == std::string::npos) ++gone;
    for (size_t i = gone; i < parts.size(); ++i) EXPECT_THAT(line, HasSubstr(parts[i])) << columns;
  }
  EXPECT_EQ(gone, parts.size());
}

TEST(StatusLine, IsCutByCharactersNotBytes) {
  RunStatus status = Training();
  status.set_waiting_for("ä€ä€");
  EXPECT_EQ(RenderStatusLine(status, 13), "step 2/60  ä€");
}

TEST(StatusLine, EscapesWhatTheHubSays) {
  RunStatus status = Training();
  status.set_waiting_for("x\x1b[2Jy");
  EXPECT_THAT(RenderStatusLine(status, 200), Not(HasSubstr("\x1b")));
}

TEST(RenderStep, CountsStepsFromOne) {
  StepSummary step;
  step.set_step(4);
  step.set_reward_mean(0.5);
  step.set_samples(118);
  step.set_tokens(9120);
  step.set_seconds(3.4);
  EXPECT_EQ(RenderStep(step, 60), "step 5/60  reward 0.500  118 samples  9120 tokens  staleness 0.0  3.4s");
}

TEST(RenderDuration, ChangesUnitsWithLength) {
  EXPECT_EQ(RenderDuration(0), "0s");
  EXPECT_EQ(RenderDuration(59.4), "59s");
  EXPECT_EQ(RenderDuration(130), "2m10s");
  EXPECT_EQ(RenderDuration(3900), "1h05m");
}

TEST(RenderCount, KeepsTwoDigitsOrMore) {
  EXPECT_EQ(RenderCount(950), "950");
  EXPECT_EQ(RenderCount(3210), "3.2k");
  EXPECT_EQ(RenderCount(1.5e6), "1.5M");
}

}  // namespace
}  // namespace rubato
