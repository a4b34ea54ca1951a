#include "cli/death_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace rubato {
namespace {

constexpr auto kHub = RoleKind::kHub;
constexpr auto kRank = RoleKind::kRank;
constexpr auto kWorker = RoleKind::kWorker;
constexpr auto kStarting = RunPhase::kStarting;
constexpr auto kRunning = RunPhase::kRunning;
constexpr auto kDraining = RunPhase::kDraining;
constexpr auto kFinishing = RunPhase::kFinishing;
constexpr auto kEnded = DeathVerdict::kEnded;
constexpr auto kRestart = DeathVerdict::kRestart;

struct Row {
  RoleKind role;
  int code;
  RunPhase phase;
  DeathVerdict verdict;
};

TEST(DeathPolicy, FollowsItsTable) {
  const std::vector<Row> table = {
      {kHub, 0, kRunning, kRestart},     {kHub, 0, kDraining, kEnded},
      {kHub, 0, kFinishing, kEnded},     {kRank, 0, kRunning, kEnded},
      {kRank, 0, kDraining, kEnded},     {kRank, 0, kFinishing, kEnded},
      {kWorker, 0, kRunning, kRestart},  {kWorker, 0, kDraining, kEnded},
      {kWorker, 0, kFinishing, kEnded},  {kRank, 75, kRunning, kRestart},
      {kRank, 75, kDraining, kEnded},    {kRank, 75, kFinishing, kRestart},
      {kWorker, 75, kRunning, kRestart}, {kWorker, 69, kRunning, kRestart},
      {kHub, 69, kRunning, kRestart},    {kHub, 70, kRunning, kRestart},
      {kRank, 70, kDraining, kRestart},  {kWorker, 70, kDraining, kEnded},
      {kWorker, 1, kRunning, kRestart},  {kWorker, 127, kFinishing, kEnded},
  };
  for (const Row& row : table) {
    const DeathDecision decision = DecideOnDeath(row.role, {.signalled = false, .code = row.code}, row.phase);
    EXPECT_EQ(decision.verdict, row.verdict) << "role " << static_cast<int>(row.role) << " code " << row.code
                                             << " phase " << static_cast<int>(row.phase);
  }
}

TEST(DeathPolicy, StopsTheRunAtOnceWithTheCodeThatARestartCannotChange) {
  for (const RoleKind role : {kHub, kRank, kWorker}) {
    for (const int code : {64, 65, 74, 77}) {
      const DeathDecision decision = DecideOnDeath(role, {.signalled = false, .code = code}, kRunning);
      EXPECT_EQ(decision.verdict, DeathVerdict::kStopRun);
      EXPECT_EQ(decision.exit_code, code);
    }
  }
}

TEST(DeathPolicy, TakesTheCodeOfAHubThatNeverListenedForTheRuns) {
  const DeathDecision decision = DecideOnDeath(kHub, {.signalled = false, .code = 69}, kStarting);
  EXPECT_EQ(decision.verdict, DeathVerdict::kStopRun);
  EXPECT_EQ(decision.exit_code, 69);
  EXPECT_EQ(DecideOnDeath(kHub, {.signalled = true, .code = 9}, kStarting).verdict, kRestart);
  EXPECT_EQ(DecideOnDeath(kHub, {.signalled = false, .code = 0}, kStarting).verdict, kRestart);
}

TEST(DeathPolicy, RestartsWhatASignalEndedWhileItIsNeeded) {
  const ProcessExit killed{.signalled = true, .code = 9};
  EXPECT_EQ(DecideOnDeath(kWorker, killed, kRunning).verdict, kRestart);
  EXPECT_EQ(DecideOnDeath(kHub, killed, kDraining).verdict, kRestart);
  EXPECT_EQ(DecideOnDeath(kRank, killed, kDraining).verdict, kRestart);
  EXPECT_EQ(DecideOnDeath(kWorker, killed, kDraining).verdict, kEnded);
}

TEST(DeathPolicy, TakesLostPeersForConsequencesAndCrashesForCauses) {
  EXPECT_TRUE(DecideOnDeath(kRank, {.signalled = false, .code = 75}, kRunning).consequence);
  EXPECT_TRUE(DecideOnDeath(kRank, {.signalled = false, .code = 69}, kRunning).consequence);
  EXPECT_FALSE(DecideOnDeath(kRank, {.signalled = false, .code = 70}, kRunning).consequence);
  EXPECT_FALSE(DecideOnDeath(kRank, {.signalled = true, .code = 11}, kRunning).consequence);
}

}  // namespace
}  // namespace rubato
