#include "cli/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "cli/first_cause.h"
#include "common/fake_clock.h"
#include "common/file.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Real processes, a clock of the test's own.
class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest()
      : directory_(::testing::TempDir() + "/" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    CreateDirectories(directory_ + "/logs").IgnoreError();
  }

  absl::Status StartShell(const std::string& name, RoleKind kind, const std::string& script) {
    return supervisor_.Start({name, kind, {"/bin/sh", "-c", script}});
  }

  // Until something has died: the processes of these tests end by themselves, or are killed.
  std::vector<Death> NextDeaths(RunPhase phase = RunPhase::kRunning) {
    std::vector<Death> deaths;
    while (deaths.empty()) deaths = supervisor_.Tick([phase] { return phase; });
    return deaths;
  }

  std::vector<Death> Tick() {
    return supervisor_.Tick([] { return RunPhase::kRunning; });
  }

  std::string directory_;
  FakeClock clock_;
  Supervisor supervisor_{directory_, &clock_};
};

TEST_F(SupervisorTest, TellsHowAProcessEndedWithTheLastLinesOfItsLog) {
  ASSERT_TRUE(StartShell("worker-0", RoleKind::kWorker, "echo one; echo two >&2; exit 65").ok());
  const std::vector<Death> deaths = NextDeaths();
  ASSERT_EQ(deaths.size(), 1u);
  EXPECT_EQ(deaths[0].name, "worker-0");
  EXPECT_THAT(deaths[0].how, HasSubstr("exit code 65 (bad data or model)"));
  EXPECT_THAT(deaths[0].last_lines, ElementsAre("one", "two"));
  EXPECT_EQ(deaths[0].decision.verdict, DeathVerdict::kStopRun);
  EXPECT_FALSE(supervisor_.AnyAlive(RoleKind::kWorker));
}

TEST_F(SupervisorTest, StartsADeadRoleAgainWhenItsWaitIsOver) {
  ASSERT_TRUE(StartShell("rank-0", RoleKind::kRank, "exit 70").ok());
  EXPECT_EQ(NextDeaths()[0].restart_in, absl::Milliseconds(500));
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_FALSE(supervisor_.Running("rank-0"));
  EXPECT_TRUE(supervisor_.AnyAlive(RoleKind::kRank));
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_THAT(Tick(), IsEmpty());
  EXPECT_TRUE(supervisor_.Running("rank-0"));
  EXPECT_EQ(NextDeaths()[0].restart_in, absl::Seconds(1));
}

TEST_F(SupervisorTest, GivesARoleUpAfterFiveStartsWithoutProgress) {
  ASSERT_TRUE(StartShell("rank-0", RoleKind::kRank, "exit 70").ok());
  for (int start = 1; start < 5; ++start) {
    EXPECT_FALSE(NextDeaths()[0].given_up);
    clock_.Advance(absl::Seconds(8));
  }
  EXPECT_TRUE(NextDeaths()[0].given_up);
  EXPECT_FALSE(supervisor_.AnyAlive(RoleKind::kRank));
}

TEST_F(SupervisorTest, UsesNewArgumentsForTheNextStart) {
  ASSERT_TRUE(StartShell("credit", RoleKind::kHub, "exit 70").ok());
  supervisor_.Replan({"credit", RoleKind::kHub, {"/bin/sh", "-c", "exit 65"}});
  EXPECT_EQ(NextDeaths()[0].decision.verdict, DeathVerdict::kRestart);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(NextDeaths()[0].decision.exit_code, 65);
}

TEST_F(SupervisorTest, KillsTheWholeGroupOfAProcess) {
  ASSERT_TRUE(StartShell("worker-0", RoleKind::kWorker, "sleep 1000 & wait").ok());
  supervisor_.Kill("worker-0");
  EXPECT_THAT(NextDeaths()[0].how, HasSubstr("signal 9"));
}

TEST_F(SupervisorTest, EndsProcessesThatIgnoreTheirTermination) {
  ASSERT_TRUE(StartShell("worker-0", RoleKind::kWorker, "trap '' TERM; while :; do sleep 1000; done").ok());
  supervisor_.EndAll(absl::ZeroDuration());
  EXPECT_FALSE(supervisor_.AnyAlive(RoleKind::kWorker));
}

TEST_F(SupervisorTest, NamesAProgramThatCannotBeStarted) {
  const absl::Status status = supervisor_.Start({"credit", RoleKind::kHub, {"/nonexistent/rubato-credit"}});
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("cannot start credit"), HasSubstr("/nonexistent/rubato-credit")));
}

Death DeathOf(const std::string& name, bool consequence) {
  Death death;
  death.name = name;
  death.decision = {DeathVerdict::kRestart, 0, consequence};
  return death;
}

TEST(FirstCause, IsTheFirstDeathThatWasNoConsequence) {
  FirstCause cause;
  cause.OnDeath(DeathOf("rank-0", true));
  EXPECT_EQ(cause.get()->name, "rank-0");
  cause.OnDeath(DeathOf("rank-1", false));
  cause.OnDeath(DeathOf("worker-0", false));
  EXPECT_EQ(cause.get()->name, "rank-1");
}

TEST(FirstCause, IsForgottenAfterProgress) {
  FirstCause cause;
  cause.OnDeath(DeathOf("rank-1", false));
  cause.OnProgress();
  EXPECT_FALSE(cause.get().has_value());
}

}  // namespace
}  // namespace rubato
