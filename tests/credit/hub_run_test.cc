// Whole runs by fake workers and a fake learner, with everything that can die dying at every point.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/concat.h"
#include "credit/hub_status.h"
#include "credit/ledger.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"
#include "tests/integration/history_checker.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using Change = std::function<void(RunConfig*)>;

constexpr size_t kEvalRows = 2;

// One run: a hub, two workers and a learner of two ranks, driven in turn from one thread.
struct Script {
  explicit Script(const Change& change = nullptr, size_t eval_rows = kEvalRows)
      : hub(TinyInputs(
            [&](RunConfig* config) {
              config->mutable_learner()->set_ranks(2);
              config->mutable_eval()->set_every(2);
              if (change) change(config);
            },
            eval_rows)),
        workers{{&hub, &hub.inputs, "worker-0", 10}, {&hub, &hub.inputs, "worker-1", 11}},
        learner(&hub, &hub.inputs, 2, 20) {
    const absl::Status started = hub.Start();
    EXPECT_TRUE(started.ok()) << started;
  }

  // Until the run is finished; `each` is called before each round with its number.
  void Run(const std::function<void(int)>& each = nullptr, int most_rounds = 200) {
    for (int round = 0; round < most_rounds; ++round) {
      if (each) each(round);
      Expect(workers[0].Work(4));
      Expect(workers[1].Work(2));
      Expect(learner.Work());
      if (Status().finished() || testing::Test::HasFailure()) return;
    }
    ADD_FAILURE() << "the run did not finish: " << Status().waiting_for();
  }

  RunStatus Status() {
    hub.crash = nullptr;
    absl::StatusOr<RunStatus> status = hub.Status();
    hub.crash = crash;
    Expect(status.status());
    return status.value_or(RunStatus());
  }
  void CrashAt(uint64_t call, Crash kind) {
    crash = [=](uint64_t now) { return now == call ? kind : Crash::kNone; };
    hub.crash = crash;
  }

  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

  // What must hold at the end of every run, whatever happened in it.
  void ExpectSound() {
    HistoryEnd end;
    EXPECT_EQ(CheckHistory(hub.History(), &end), "");
    std::set<std::string> acknowledged;
    for (const FakeWorker& worker : workers) {
      for (const std::string& name : worker.acknowledged()) {
        if (name.substr(0, 4) != "eval") acknowledged.insert(name);
      }
    }
    EXPECT_EQ(CheckAcknowledged(end, acknowledged), "");
    const SampleCounts counts = Status().samples();
    EXPECT_EQ(counts.issued(), counts.trained() + counts.dropped() + counts.pending());
    EXPECT_EQ(counts.issued(), end.issued.size());
    EXPECT_EQ(counts.trained(), end.trained.size());
    EXPECT_EQ(counts.dropped(), end.dropped.size());
    EXPECT_EQ(counts.pending(), end.Pending().size());
    EXPECT_THAT(learner.complaints(), testing::IsEmpty());
    const std::string metrics = hub.Metrics();
    hub.Restart();
    EXPECT_EQ(hub.Metrics(), metrics) << "a restart renders the same lines";
    EXPECT_EQ(Status().samples().SerializeAsString(), counts.SerializeAsString())
        << "counted again from the rows";
  }

  HubInProcess hub;
  std::function<Crash(uint64_t)> crash;
  FakeWorker workers[2];
  FakeLearner learner;
};

// The result of a run in which nothing happened.
struct Result {
  std::string weights;
  std::string metrics;
  uint64_t calls = 0;
  int rounds = 0;
};

const Result& Undisturbed() {
  static const Result result = [] {
    Script script;
    Result result;
    script.Run([&](int round) { result.rounds = round + 1; });
    result.weights = script.learner.digest();
    result.calls = script.hub.calls();
    result.metrics = script.hub.Metrics();
    script.ExpectSound();
    return result;
  }();
  return result;
}

void ExpectUndisturbed(Script* script) {
  EXPECT_EQ(script->learner.digest(), Undisturbed().weights);
  EXPECT_EQ(script->hub.Metrics(), Undisturbed().metrics);
  script->ExpectSound();
}

TEST(Run, TrainsEveryStepAndLosesNothing) {
  Script script;
  script.Run();
  script.ExpectSound();
  const RunStatus status = script.Status();
  EXPECT_EQ(status.next_step(), 3u);
  EXPECT_EQ(status.current().step(), 3u);
  EXPECT_EQ(status.current().digest(), script.learner.digest());
  EXPECT_EQ(status.samples().issued(), 3u * 2 * 3);
  EXPECT_EQ(status.samples().pending(), 0u);
  EXPECT_GT(status.samples().trained(), 0u);
  EXPECT_EQ(status.recent_size(), 3);
  ASSERT_EQ(status.evals_size(), 3) << "versions 0, 2 and 3";
  EXPECT_EQ(status.evals(0).samples(), kEvalRows);
  EXPECT_TRUE(script.learner.finished() || status.finished());
}

TEST(Run, WritesALineOfMetricsPerStepAndEvaluation) {
  const std::string& metrics = Undisturbed().metrics;
  EXPECT_EQ(std::count(metrics.begin(), metrics.end(), '\n'), 3 + 3);
  for (const char* key :
       {"reward/mean", "policy/entropy", "optim/grad_norm", "completion/len_mean", "queue/staleness",
        "time/step", "credit/gamma_mean", "credit/coverage", "sync/logprob_gap_max", "eval/mean"}) {
    EXPECT_THAT(metrics, HasSubstr(key));
  }
}

TEST(Run, IsTheSameWhereverTheHubDies) {
  for (const Crash kind : {Crash::kBefore, Crash::kAfter}) {
    for (uint64_t call = 0; call < Undisturbed().calls; ++call) {
      SCOPED_TRACE(Concat("call ", call, kind == Crash::kBefore ? " before" : " after"));
      Script script;
      script.CrashAt(call, kind);
      script.Run();
      ExpectUndisturbed(&script);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(Run, IsTheSameWhereverTheLearnerDies) {
  for (int when = 0; when < Undisturbed().rounds; ++when) {
    SCOPED_TRACE(when);
    Script script;
    script.Run([&](int round) {
      if (round == when) script.learner.BeBornAgain(120);
    });
    ExpectUndisturbed(&script);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Run, IsReplayedFromTheFirstModelWhenNoCheckpointIsLeft) {
  Script script;
  script.Run([&](int round) {
    if (round != Undisturbed().rounds - 2) return;
    script.learner.LoseCheckpoints();
    script.learner.BeBornAgain(120);
  });
  EXPECT_GE(script.learner.replayed(), 1u);
  EXPECT_EQ(script.learner.digest(), Undisturbed().weights);
  script.ExpectSound();
}

TEST(Run, IsTheSameWhereverAWorkerDiesWithItsLeases) {
  for (int when = 0; when < Undisturbed().rounds; ++when) {
    SCOPED_TRACE(when);
    Script script;
    script.Run([&](int round) {
      if (round != when) return;
      // It leases, dies, and its next life takes its name.
      EXPECT_TRUE(script.workers[0].Lease(5).ok());
      script.workers[0].BeBornAgain(110);
    });
    EXPECT_EQ(script.learner.digest(), Undisturbed().weights);
    script.ExpectSound();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Run, GoesOnWhenAWorkerIsNeverHeardOfAgain) {
  Script script;
  Script::Expect(script.learner.Work());
  EXPECT_EQ(script.workers[0].Lease(4)->work_size(), 3) << "two rows of evaluation, then a part of a group";
  script.hub.Advance(absl::Seconds(31));
  script.Run();
  EXPECT_EQ(script.learner.digest(), Undisturbed().weights);
  script.ExpectSound();
}

TEST(Run, BoundsStalenessWhenItIsAsynchronous) {
  Script script([](RunConfig* config) {
    config->mutable_rollout()->set_max_staleness(2);
    config->mutable_run()->set_steps(8);
  });
  uint64_t stalest = 0;
  script.Run([&](int) {
    // Workers run ahead of the learner.
    for (int i = 0; i < 3; ++i) Script::Expect(script.workers[0].Work(4));
  });
  const RunStatus status = script.Status();
  for (const StepSummary& step : status.recent()) {
    stalest = std::max(stalest, static_cast<uint64_t>(std::ceil(step.staleness_mean())));
  }
  EXPECT_GT(stalest, 0u);
  EXPECT_LE(stalest, 2u);
  script.ExpectSound();
}

TEST(Run, OfAnotherMachineStopsWhenItMustBeDeterministic) {
  Script script;
  for (int round = 0; script.learner.step() < 2 && round < 50; ++round) {
    Script::Expect(script.workers[0].Work(4));
    Script::Expect(script.learner.Work());
  }
  script.learner.set_salt("another machine");
  script.learner.LoseCheckpoints();
  script.learner.BeBornAgain(120);
  absl::Status status;
  for (int round = 0; status.ok() && round < 10; ++round) status = script.learner.Work();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("version 1 was recorded with digest"));
  EXPECT_EQ(script.Status().failure_exit_code(), 70);
  EXPECT_THAT(script.Status().failure(), HasSubstr("version 1"));
  script.ExpectSound();
}

TEST(Run, OfAnotherMachineOpensALineageWhenItMayDiffer) {
  Script script([](RunConfig* config) {
    config->mutable_run()->set_deterministic(false);
    config->mutable_run()->set_steps(5);
  });
  bool changed = false;
  script.Run([&](int) {
    if (changed || script.learner.step() < 3) return;
    changed = true;
    script.learner.set_salt("another machine");
    script.learner.LoseCheckpoints();
    script.learner.BeBornAgain(120);
  });
  ASSERT_TRUE(changed);
  const RunStatus status = script.Status();
  EXPECT_EQ(status.current().lineage(), 1u);
  EXPECT_EQ(status.current().digest(), script.learner.digest());
  EXPECT_EQ(status.next_step(), 5u);
  EXPECT_EQ(status.samples().pending(), 0u);
  script.ExpectSound();
}

TEST(Run, CommitsAStepThatIsLeftWithoutSamples) {
  // All rewards are 0 or 1 at random; groups of 2 are of equal rewards half of the time, steps of one group
  // too.
  Script script([](RunConfig* config) {
    config->mutable_run()->set_steps(12);
    config->mutable_batch()->set_groups(1);
    config->mutable_batch()->set_group_size(2);
  });
  script.Run();
  int empty = 0;
  const RunStatus status = script.Status();
  for (const StepSummary& step : status.recent()) empty += step.samples() == 0;
  EXPECT_GT(empty, 0);
  EXPECT_LT(empty, 12);
  script.ExpectSound();
}

TEST(Run, KeepsGroupsOfEqualRewardsWhenAskedTo) {
  Script script([](RunConfig* config) { config->mutable_batch()->set_keep_zero_variance(true); });
  script.Run();
  EXPECT_EQ(script.Status().samples().trained(), 18u);
  script.ExpectSound();
}

TEST(Run, DrainsWithoutLosingWhatWasSubmitted) {
  Script script;
  Script::Expect(script.learner.Work());
  Script::Expect(script.workers[0].Work(4));
  DrainRequest drain;
  drain.set_reason("SIGINT");
  ASSERT_TRUE(script.hub.Drain(drain).ok());
  Script::Expect(script.workers[0].Work(4));
  EXPECT_TRUE(script.workers[0].drained());
  Script::Expect(script.learner.Work());
  EXPECT_TRUE(script.learner.draining()) << "the step cannot be completed any more";
  EXPECT_TRUE(script.Status().draining());
  script.ExpectSound();

  // Another life goes on.
  script.hub.Stop();
  ASSERT_TRUE(script.hub.Start("second life").ok());
  for (FakeWorker& worker : script.workers) worker.BeBornAgain(30);
  script.learner.BeBornAgain(40);
  script.Run();
  EXPECT_EQ(script.learner.digest(), Undisturbed().weights);
}

TEST(Run, CommitsTheStepInProgressBeforeItDrains) {
  Script script(nullptr, 0);
  Script::Expect(script.learner.Work());
  absl::StatusOr<LeaseReply> lease = script.workers[0].Lease(6);
  ASSERT_EQ(lease->work_size(), 2) << "the whole step";
  ASSERT_TRUE(script.hub.Drain(DrainRequest()).ok());
  EXPECT_EQ(script.learner.GetBatch(0, 0)->state(), GetBatchReply::WAITING) << "its samples are all in work";
  for (const Work& work : lease->work()) {
    const WeightVersion version = *FakeWorker::VersionFor(*lease, work);
    for (int i = 0; i < work.keys_size(); ++i) {
      EXPECT_EQ(script.workers[0].Submit(MakeSample(script.hub.inputs, work, i, version))->outcome(),
                SubmitOutcome::ACCEPTED);
    }
  }
  Script::Expect(script.learner.Work());
  EXPECT_EQ(script.learner.step(), 1u);
  Script::Expect(script.learner.Work());
  EXPECT_TRUE(script.learner.draining());
  script.ExpectSound();
}

}  // namespace
}  // namespace rubato
