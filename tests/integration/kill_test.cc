// What is left of a run after its processes were killed: the same history, the same weights, bit for bit.

#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/harness.h"
#include "tests/integration/history_checker.h"

namespace rubato {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(120);

// Digest of the weights that each step of the surviving lineage made.
std::map<uint64_t, std::string> WeightsByStep(const LiveRun& run) {
  std::map<uint64_t, std::string> digests;
  for (const Json& event : run.History()) {
    if (*event.GetStringOr("event", "") == "committed") {
      digests[*event.GetUint("step")] = *event.GetString("weights");
    }
  }
  return digests;
}

// Of the same run with nothing killed; made once.
const std::map<uint64_t, std::string>& Undisturbed() {
  static const std::map<uint64_t, std::string> digests = [] {
    absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start({});
    EXPECT_TRUE(run.ok()) << run.status();
    absl::StatusOr<int> exit = (*run)->WaitForExit(kPatience);
    EXPECT_TRUE(exit.ok()) << exit.status();
    EXPECT_EQ(*exit, 0) << (*run)->Describe();
    EXPECT_EQ(CheckHistory((*run)->History()), "") << (*run)->Describe();
    std::map<uint64_t, std::string> weights = WeightsByStep(**run);
    std::set<std::string> distinct;
    for (const auto& [step, digest] : weights) distinct.insert(digest);
    EXPECT_EQ(distinct.size(), 4u) << "a step that changes no weight proves nothing";
    return weights;
  }();
  return digests;
}

void ExpectTheUndisturbedResult(LiveRun* run) {
  absl::StatusOr<int> exit = run->WaitForExit(kPatience);
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 0) << run->Describe();
  HistoryEnd end;
  EXPECT_EQ(CheckHistory(run->History(), &end), "") << run->Describe();
  EXPECT_EQ(end.Pending(), std::set<std::string>()) << "a finished run has trained or dropped every sample";
  EXPECT_EQ(Undisturbed().size(), 4u);
  EXPECT_EQ(WeightsByStep(*run), Undisturbed()) << run->Describe();
}

void KillAfterStepOne(const std::string& role) {
  Undisturbed();
  absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start({});
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_TRUE((*run)->WaitForCommit(1, kPatience).ok()) << (*run)->Describe();
  ASSERT_TRUE((*run)->Kill(role, SIGKILL).ok()) << (*run)->Describe();
  ExpectTheUndisturbedResult(run->get());
  EXPECT_GE((*run)->StartsOf(role), 2);
}

TEST(Kill, OfAWorkerInMidGenerationChangesNoWeight) { KillAfterStepOne("worker-0"); }

TEST(Kill, OfTheCreditServiceChangesNoWeight) { KillAfterStepOne("credit"); }

TEST(Kill, OfARankWhileTheOthersWorkChangesNoWeight) { KillAfterStepOne("rank-1"); }

// Kills `roles`, one after the other, while the last version is being evaluated.
void KillDuringTheLastEvaluation(const std::vector<std::string>& roles) {
  Undisturbed();
  LiveRunOptions options;
  // The only checkpoint is the last one: once it is there, ranks have nothing left to do but to serve.
  options.overrides = {"eval.samples_per_row=1000", "checkpoint.every=100"};
  absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start(options);
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_TRUE((*run)->WaitForEvent("checkpoint", kPatience).ok()) << (*run)->Describe();
  for (const std::string& role : roles) ASSERT_TRUE((*run)->Kill(role, SIGKILL).ok()) << (*run)->Describe();
  ExpectTheUndisturbedResult(run->get());
}

// The workers come back with nothing and need the last version from ranks that are done with it.
TEST(Kill, OfRankZeroAndWorkersDuringTheLastEvaluationLeavesTheRunWhole) {
  KillDuringTheLastEvaluation({"rank-0", "worker-0", "worker-1"});
}

TEST(Kill, OfRankOneDuringTheLastEvaluationLeavesTheRunWhole) { KillDuringTheLastEvaluation({"rank-1"}); }

TEST(Kill, OfServiceAndWorkersDuringTheLastEvaluationLeavesTheRunWhole) {
  KillDuringTheLastEvaluation({"credit", "worker-0", "worker-1"});
}

// A rank kills itself at a named place of its step.
class KillOfARank : public testing::TestWithParam<RankFailpoint> {};

TEST_P(KillOfARank, ChangesNoWeight) {
  Undisturbed();
  LiveRunOptions options;
  options.failpoint = GetParam();
  absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start(options);
  ASSERT_TRUE(run.ok()) << run.status();
  ExpectTheUndisturbedResult(run->get());
  EXPECT_GE((*run)->StartsOf(GetParam().rank == 0 ? "rank-0" : "rank-1"), 2)
      << "the failpoint was not reached";
}

INSTANTIATE_TEST_SUITE_P(
    AtEveryPlace, KillOfARank,
    testing::Values(RankFailpoint{0, "before_all_reduce", 1}, RankFailpoint{1, "before_all_reduce", 1},
                    RankFailpoint{0, "during_all_reduce", 2}, RankFailpoint{1, "during_all_reduce", 2},
                    RankFailpoint{0, "after_all_reduce", 3}, RankFailpoint{1, "after_all_reduce", 3},
                    RankFailpoint{0, "between_apply_and_commit", 2},
                    RankFailpoint{1, "between_apply_and_commit", 2}),
    [](const testing::TestParamInfo<RankFailpoint>& info) {
      return "Rank" + std::to_string(info.param.rank) + "_" + info.param.name;
    });

TEST(SameSeeds, GiveTheSameWeightsWithOneWorkerAndWithThree) {
  for (int workers : {1, 3}) {
    LiveRunOptions options;
    options.workers = workers;
    absl::StatusOr<std::unique_ptr<LiveRun>> run = LiveRun::Start(options);
    ASSERT_TRUE(run.ok()) << run.status();
    ExpectTheUndisturbedResult(run->get());
  }
}

}  // namespace
}  // namespace rubato
