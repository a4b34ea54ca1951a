// `rubato up` from start to end: what it shows, how it drains, what it does with roles that die.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "common/concat.h"
#include "tests/integration/harness.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(120);

std::unique_ptr<LiveRun> Start(const LiveRunOptions& options) {
  absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start(options);
  EXPECT_TRUE(run.ok()) << run.status();
  return run.ok() ? *std::move(run) : nullptr;
}

void ExpectExit(LiveRun* run, int code) {
  const absl::StatusOr<int> exit = run->WaitForExit(kPatience);
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, code) << run->Describe();
}

TEST(Up, TrainsEvaluatesAndEndsWithZero) {
  const std::unique_ptr<LiveRun> run = Start({});
  ExpectExit(run.get(), 0);
  EXPECT_THAT(run->Output(), AllOf(HasSubstr("step 1/4 "), HasSubstr("step 4/4 "), HasSubstr("held-out"),
                                   HasSubstr(run->run_directory()), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(run->CommittedSteps().size(), 4u);
  EXPECT_TRUE(std::filesystem::exists(run->run_directory() + "/config.yaml"));
  for (const char* role : {"credit", "rank-0", "rank-1", "worker-0", "worker-1"})
    EXPECT_EQ(run->StartsOf(role), 1) << role;
}

TEST(Up, DrainsAtTheFirstInterruptAndGoesOnLater) {
  const std::unique_ptr<LiveRun> first = Start({.overrides = {"run.steps=500", "checkpoint.every=100"}});
  ASSERT_EQ(first->WaitForCommit(0, kPatience), absl::OkStatus());
  first->SignalUp(SIGINT);
  ExpectExit(first.get(), 75);
  EXPECT_THAT(first->Output(), HasSubstr(Concat("rubato up --resume ", first->run_directory())));
  EXPECT_FALSE(std::filesystem::is_empty(first->run_directory() + "/checkpoints"));
  const size_t steps = first->CommittedSteps().size();
  ASSERT_GE(steps, 1u);

  const std::unique_ptr<LiveRun> second =
      Start({.overrides = {Concat("run.steps=", steps + 1)}, .resume = first->run_directory()});
  ExpectExit(second.get(), 0);
  EXPECT_EQ(second->CommittedSteps().size(), steps + 1);
}

TEST(Up, EndsAtOnceAtTheSecondInterrupt) {
  const std::unique_ptr<LiveRun> run = Start({.overrides = {"run.steps=500"}});
  ASSERT_EQ(run->WaitForCommit(0, kPatience), absl::OkStatus());
  // A rank that is stopped would hold a drain up.
  ASSERT_EQ(run->Kill("rank-0", SIGSTOP), absl::OkStatus());
  run->SignalUp(SIGINT);
  ASSERT_EQ(run->WaitForOutput("draining", kPatience), absl::OkStatus());
  run->SignalUp(SIGINT);
  ExpectExit(run.get(), 75);
  EXPECT_THAT(run->Output(), HasSubstr("second interrupt"));
}

TEST(Up, TakesItsChildrenWithItWhenItIsKilled) {
  const std::unique_ptr<LiveRun> run = Start({.overrides = {"run.steps=500"}});
  ASSERT_EQ(run->WaitForCommit(0, kPatience), absl::OkStatus());
  std::vector<pid_t> children;
  for (const char* role : {"credit", "rank-0", "rank-1", "worker-0", "worker-1"})
    children.push_back(run->PidOf(role).value());
  run->SignalUp(SIGKILL);
  ExpectExit(run.get(), 128 + SIGKILL);
  for (const pid_t child : children) {
    while (std::filesystem::exists(Concat("/proc/", child)) && kill(child, 0) == 0) {
    }
  }
}

TEST(Up, GivesUpARoleThatDiesAgainAndAgainAndPrintsTheFirstCauseFirst) {
  const std::unique_ptr<LiveRun> run =
      Start({.scripts = {{"rubato-rollout", "echo 'the engine is on fire' >&2; exit 70"}}});
  ExpectExit(run.get(), 70);
  const std::string output = run->Output();
  const size_t cause = output.find(" ended: exit code 70 (a bug)"),
               log = output.find("  | the engine is on fire"),
               end = output.find("the run stops with exit code 70: worker-");
  EXPECT_LT(cause, log) << output;
  EXPECT_LT(log, end) << output;
  EXPECT_THAT(output, HasSubstr("5 times without progress"));
}

TEST(Up, EndsWithTheCodeOfARoleThatARestartCannotHelp) {
  const std::unique_ptr<LiveRun> run =
      Start({.scripts = {{"rubato-learner", "echo 'no such model' >&2; exit 65"}}});
  ExpectExit(run.get(), 65);
  EXPECT_THAT(run->Output(), AllOf(HasSubstr("rank-"), HasSubstr("| no such model")));
  EXPECT_EQ(run->StartsOf("rank-0") + run->StartsOf("rank-1"), 2);
}

}  // namespace
}  // namespace rubato
