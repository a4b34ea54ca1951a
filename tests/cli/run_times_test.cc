#include "cli/run_times.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(RunParts, FollowTheStatusOfARun) {
  RunStatus status;
  status.set_steps(2);
  EXPECT_EQ(PartOf(status), RunPart::kStart);
  status.mutable_current()->set_lineage(0);
  status.set_waiting_for("the learner waits for 8 rows of the evaluation of version 0");
  EXPECT_EQ(PartOf(status), RunPart::kFirstEvaluation);
  status.set_waiting_for("the learner waits for 4 groups of step 0");
  EXPECT_EQ(PartOf(status), RunPart::kTraining);
  status.set_next_step(1);
  status.add_recent();
  status.set_waiting_for("the learner waits for 8 rows of the evaluation of version 1");
  EXPECT_EQ(PartOf(status), RunPart::kTraining) << "evaluations between steps belong to the training";
  status.set_next_step(2);
  EXPECT_EQ(PartOf(status), RunPart::kLastEvaluation);
  status.set_finished(true);
  EXPECT_EQ(PartOf(status), RunPart::kEnd);
}

TEST(RunTimes, AddUpToTheWholeAndLeaveOutWhatIsNothing) {
  const absl::Time start = absl::FromUnixSeconds(100);
  RunTimes times(start);
  times.Note(RunPart::kStart, start + absl::Seconds(2));
  times.Note(RunPart::kTraining, start + absl::Seconds(30));
  times.Note(RunPart::kTraining, start + absl::Seconds(42));
  times.Note(RunPart::kEnd, start + absl::Milliseconds(42100));
  EXPECT_EQ(times.Render(), "42s = start 2s + training 40s");
}

}  // namespace
}  // namespace rubato
