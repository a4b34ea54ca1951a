// Random sequences of what can happen to a hub, each checked against the history's model; then the run must
// finish.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "common/concat.h"
#include "common/random_stream.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"
#include "tests/integration/history_checker.h"

namespace rubato {
namespace {

struct Job {
  Work work;
  WeightVersion version;
  int index;
};

class RandomRun {
 public:
  explicit RandomRun(int seed)
      : random_(static_cast<uint64_t>(seed), "random run"),
        hub_(TinyInputs(
            [&](RunConfig* config) {
              config->mutable_run()->set_steps(5);
              config->mutable_run()->set_deterministic(false);
              config->mutable_rollout()->set_max_staleness(static_cast<uint32_t>(random_.Below(3)));
              config->mutable_eval()->set_every(2);
              config->mutable_credit()->set_min_coverage(0);
              config->mutable_batch()->set_keep_zero_variance(random_.Below(2) == 0);
            },
            random_.Below(3))),
        workers_{{&hub_, &hub_.inputs, "worker-0", 10},
                 {&hub_, &hub_.inputs, "worker-1", 11},
                 {&hub_, &hub_.inputs, "worker-2", 12}},
        learner_(&hub_, &hub_.inputs, 1, 20) {
    EXPECT_TRUE(hub_.Start().ok());
  }

  void Disturb(int actions) {
    for (int i = 0; i < actions && !testing::Test::HasFailure(); ++i) OneAction();
  }

  void Finish() {
    hub_.Advance(absl::Seconds(60));
    for (int round = 0; round < 100 && !Status().finished(); ++round) {
      for (FakeWorker& worker : workers_) Expect(worker.Work(5));
      Expect(learner_.Work());
    }
    EXPECT_TRUE(Status().finished()) << Status().waiting_for();
  }

  void Check() {
    HistoryEnd end;
    ASSERT_EQ(CheckHistory(hub_.History(), &end), "");
    const SampleCounts counts = Status().samples();
    EXPECT_EQ(counts.issued(), counts.trained() + counts.dropped() + counts.pending());
    EXPECT_EQ(counts.issued(), end.issued.size());
    EXPECT_EQ(counts.trained(), end.trained.size());
    EXPECT_EQ(counts.dropped(), end.dropped.size());
    std::set<std::string> acknowledged;
    for (const FakeWorker& worker : workers_) {
      for (const std::string& name : worker.acknowledged()) {
        if (name.substr(0, 4) != "eval") acknowledged.insert(name);
      }
    }
    EXPECT_EQ(CheckAcknowledged(end, acknowledged), "");
    EXPECT_THAT(learner_.complaints(), testing::IsEmpty());
  }

  RunStatus Status() { return hub_.Status().value_or(RunStatus()); }

 private:
  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

  void OneAction() {
    FakeWorker& worker = workers_[random_.Below(3)];
    switch (random_.Below(16)) {
      case 0:
      case 1:
      case 2:
        return TakeWork(&worker);
      case 3:
      case 4:
      case 5:
      case 6:
        return SubmitOne(&worker);
      case 7:
        return SubmitBroken(&worker);
      case 8:
        return worker.BeBornAgain(100 + static_cast<int>(random_.Below(1000)));
      case 9:
        return hub_.Advance(absl::Seconds(static_cast<int64_t>(random_.Below(25))));
      case 10:
        return hub_.Restart();
      case 11:
        return LearnerComesAnew();
      case 12:
        if (worker.fencing().hub_incarnation() != 0) worker.Renew().IgnoreError();
        return;
      default:
        return Expect(learner_.Work());
    }
  }

  // The learner is another machine now and then, so its replays differ.
  void LearnerComesAnew() {
    if (random_.Below(3) == 0) learner_.set_salt(Concat(random_.Next()));
    if (random_.Below(2) == 0) learner_.LoseCheckpoints();
    learner_.BeBornAgain(200 + static_cast<int>(random_.Below(1000)));
  }

  void TakeWork(FakeWorker* worker) {
    const absl::StatusOr<LeaseReply> reply = worker->Lease(static_cast<uint32_t>(1 + random_.Below(6)));
    Expect(reply.status());
    if (!reply.ok()) return;
    for (const Work& work : reply->work()) {
      const absl::StatusOr<WeightVersion> version = FakeWorker::VersionFor(*reply, work);
      // A version it already serves needs no source.
      if (!version.ok()) continue;
      for (int index = 0; index < work.keys_size(); ++index) jobs_.push_back({work, *version, index});
    }
  }

  Sample TakeJob() {
    const size_t at = random_.Below(jobs_.size());
    const Job job = jobs_[at];
    // Sometimes it is submitted again later.
    if (random_.Below(4) != 0) jobs_.erase(jobs_.begin() + static_cast<int64_t>(at));
    return MakeSample(hub_.inputs, job.work, job.index, job.version);
  }

  void SubmitOne(FakeWorker* worker) {
    if (jobs_.empty()) return;
    Expect(worker->Submit(TakeJob()).status());
  }

  void SubmitBroken(FakeWorker* worker) {
    if (jobs_.empty()) return;
    Sample sample = TakeJob();
    switch (random_.Below(5)) {
      case 0:
        sample.mutable_segments(1)->clear_logprobs();
        break;
      case 1:
        sample.mutable_verdict()->set_outcome(Verdict::TIMEOUT);
        break;
      case 2:
        sample.mutable_version_spans(0)->mutable_version()->set_digest(std::string(32, 'x'));
        break;
      case 3:
        sample.clear_stats();
        break;
      default:
        sample.mutable_key()->mutable_sample()->set_index(static_cast<uint32_t>(random_.Below(5)));
    }
    Expect(worker->Submit(sample).status());
  }

  RandomStream random_;
  HubInProcess hub_;
  FakeWorker workers_[3];
  FakeLearner learner_;
  std::deque<Job> jobs_;
};

class HubAtRandom : public testing::TestWithParam<int> {};

TEST_P(HubAtRandom, KeepsItsPromisesAndFinishes) {
  for (int seed = 10 * GetParam(); seed < 10 * GetParam() + 10; ++seed) {
    SCOPED_TRACE(Concat("seed ", seed));
    RandomRun run(seed);
    for (int part = 0; part < 4; ++part) {
      run.Disturb(60);
      run.Check();
    }
    run.Finish();
    run.Check();
    if (testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, HubAtRandom, testing::Range(0, 10));

}  // namespace
}  // namespace rubato
