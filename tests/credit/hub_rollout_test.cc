// What the hub answers to workers, call by call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/protocol_version.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

class HubRolloutTest : public testing::Test {
 protected:
  explicit HubRolloutTest(const std::function<void(RunConfig*)>& change = nullptr, size_t eval_rows = 0)
      : hub_(TinyInputs(change, eval_rows)),
        worker_(&hub_, &hub_.inputs, "worker-0", 10),
        learner_(&hub_, &hub_.inputs, 1, 20) {
    EXPECT_TRUE(hub_.Start().ok());
    EXPECT_TRUE(worker_.Hello().ok());
  }

  // Version 0 is there, work can be leased.
  void Begin() { ASSERT_TRUE(learner_.Join().ok()); }

  Sample SampleOf(const LeaseReply& reply, int work = 0, int index = 0) {
    const WeightVersion version = *FakeWorker::VersionFor(reply, reply.work(work));
    return MakeSample(hub_.inputs, reply.work(work), index, version);
  }

  SubmitOutcome Submit(const Sample& sample) { return worker_.Submit(sample).value_or(SubmitOutcome()); }

  RunStatus Status() { return hub_.Status().value_or(RunStatus()); }

  HubInProcess hub_;
  FakeWorker worker_;
  FakeLearner learner_;
};

TEST_F(HubRolloutTest, LeasesNothingBeforeThereAreWeights) {
  EXPECT_EQ(worker_.Lease(8)->work_size(), 0);
  Begin();
  EXPECT_EQ(worker_.Lease(8)->work_size(), 2);
}

TEST_F(HubRolloutTest, SaysEverythingThatAWorkerNeeds) {
  Begin();
  const LeaseReply reply = *worker_.Lease(3);
  ASSERT_EQ(reply.work_size(), 1);
  const Work& work = reply.work(0);
  EXPECT_EQ(work.keys_size(), 3);
  EXPECT_EQ(work.attempt(), 1u);
  EXPECT_FALSE(work.prompt_ids().empty());
  EXPECT_THAT(work.row_json(), HasSubstr("prompt"));
  EXPECT_EQ(work.sampling().max_new_tokens(), 24u);
  EXPECT_EQ(work.capture().w(), 4u);
  EXPECT_EQ(work.versions().oldest_step(), 0u);
  EXPECT_EQ(work.versions().newest_step(), 0u);
  EXPECT_EQ(work.expires_in_milliseconds(), 30000u);
  ASSERT_EQ(reply.sources_size(), 1);
  EXPECT_EQ(reply.sources(0).version().digest(), learner_.digest());
  EXPECT_EQ(reply.sources(0).addresses(0), "127.0.0.1:20");
}

TEST_F(HubRolloutTest, LeasesPartsOfAGroupToThoseWithLittleRoom) {
  Begin();
  EXPECT_EQ(worker_.Lease(2)->work(0).keys_size(), 2);
  const LeaseReply rest = *worker_.Lease(2);
  ASSERT_EQ(rest.work_size(), 2) << "the last sample of the group, and the first of the next";
  EXPECT_EQ(rest.work(0).keys(0).sample().index(), 2u);
  EXPECT_EQ(rest.work(0).attempt(), 2u);
  EXPECT_EQ(rest.work(1).keys(0).sample().group().position(), 1u);
}

TEST_F(HubRolloutTest, LeasesNoMoreThanTheStepInSyncMode) {
  Begin();
  EXPECT_EQ(worker_.Lease(100)->work_size(), 2);
  EXPECT_EQ(worker_.Lease(100)->work_size(), 0);
}

TEST_F(HubRolloutTest, AnswersASubmissionTheSameWayForEver) {
  Begin();
  const LeaseReply lease = *worker_.Lease(6);
  const Sample sample = SampleOf(lease);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::ACCEPTED);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::DUPLICATE);
  Sample other = sample;
  other.set_text("something else");
  EXPECT_EQ(Submit(other).outcome(), SubmitOutcome::SUPERSEDED);
  hub_.Restart();
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::DUPLICATE);
  EXPECT_EQ(Submit(other).outcome(), SubmitOutcome::SUPERSEDED);
}

TEST_F(HubRolloutTest, AnswersASubmissionOfACommittedStepTheSameWay) {
  Begin();
  const LeaseReply lease = *worker_.Lease(6);
  for (int work = 0; work < 2; ++work) {
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(Submit(SampleOf(lease, work, i)).outcome(), SubmitOutcome::ACCEPTED);
  }
  ASSERT_TRUE(learner_.Work().ok());
  ASSERT_EQ(learner_.step(), 1u);
  EXPECT_EQ(Submit(SampleOf(lease)).outcome(), SubmitOutcome::DUPLICATE);
}

TEST_F(HubRolloutTest, RefusesWhatFailsACheckAndDropsIt) {
  Begin();
  Sample sample = SampleOf(*worker_.Lease(6));
  sample.mutable_verdict()->set_reward(9);
  const SubmitOutcome outcome = Submit(sample);
  EXPECT_EQ(outcome.outcome(), SubmitOutcome::REFUSED);
  EXPECT_THAT(outcome.detail(), HasSubstr("refused_verdict: verdict.reward is 9"));
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::REFUSED) << "the same answer again";
  EXPECT_EQ(Status().samples().dropped_by_reason().at("refused_verdict"), 1u);
}

TEST_F(HubRolloutTest, AcceptsASampleWithoutAVerdictAndDropsIt) {
  Begin();
  Sample sample = SampleOf(*worker_.Lease(6));
  sample.mutable_verdict()->set_outcome(Verdict::TIMEOUT);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::ACCEPTED);
  EXPECT_EQ(Status().samples().dropped_by_reason().at("verifier_timeout"), 1u);
}

TEST_F(HubRolloutTest, DropsAGroupWithTooFewVerdicts) {
  Begin();
  const LeaseReply lease = *worker_.Lease(3);
  for (int i = 0; i < 3; ++i) {
    Sample sample = SampleOf(lease, 0, i);
    if (i < 2) sample.mutable_verdict()->set_outcome(Verdict::CRASHED);
    EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::ACCEPTED);
  }
  const RunStatus status = Status();
  const auto& dropped = status.samples().dropped_by_reason();
  EXPECT_EQ(std::map(dropped.begin(), dropped.end()),
            (std::map<std::string, uint64_t>{{"too_few_ok", 1}, {"verifier_crashed", 2}}));
}

TEST_F(HubRolloutTest, RefusesSamplesThatNobodyAskedFor) {
  Begin();
  Sample sample = SampleOf(*worker_.Lease(1));
  sample.mutable_key()->mutable_sample()->set_index(2);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::SUPERSEDED) << "not leased yet";
  sample.mutable_key()->mutable_sample()->set_index(99);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::REFUSED);
  sample.mutable_key()->mutable_sample()->mutable_group()->set_pass(7);
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::REFUSED);
  sample.clear_key();
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::REFUSED);
  EXPECT_EQ(Status().samples().dropped(), 0u) << "none of this changed anything";
}

TEST_F(HubRolloutTest, TakesAHealthySampleFromALeaseThatIsOver) {
  Begin();
  const Sample sample = SampleOf(*worker_.Lease(3));
  hub_.Advance(absl::Seconds(31));
  EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::ACCEPTED);
}

TEST_F(HubRolloutTest, LetsALateWorkerSpoilNothing) {
  Begin();
  Sample late = SampleOf(*worker_.Lease(3));
  hub_.Advance(absl::Seconds(31));
  const LeaseReply again = *worker_.Lease(3);
  ASSERT_EQ(again.work(0).attempt(), 2u) << "the same samples, leased again";
  late.mutable_segments(1)->clear_logprobs();
  EXPECT_EQ(Submit(late).outcome(), SubmitOutcome::SUPERSEDED);
  EXPECT_EQ(Submit(SampleOf(again)).outcome(), SubmitOutcome::ACCEPTED);
}

TEST_F(HubRolloutTest, RenewsLeasesAndTellsWhichAreLost) {
  Begin();
  const uint64_t lease = worker_.Lease(3)->work(0).lease_id();
  for (int i = 0; i < 3; ++i) {
    hub_.Advance(absl::Seconds(20));
    EXPECT_TRUE(worker_.Renew().ok());
  }
  EXPECT_EQ(worker_.Lease(3)->work(0).keys(0).sample().group().position(), 1u)
      << "the first group is still held";
  hub_.Advance(absl::Seconds(31));
  RenewRequest request;
  *request.mutable_fencing() = worker_.fencing();
  request.set_worker("worker-0");
  request.set_instance(worker_.instance());
  request.add_lease_ids(lease);
  request.add_lease_ids(12345);
  const RenewReply reply = *hub_.Renew(request);
  EXPECT_THAT(reply.lost_lease_ids(), testing::ElementsAre(lease, 12345));
}

TEST_F(HubRolloutTest, GivesReleasedWorkToWhoeverAsksNext) {
  Begin();
  const LeaseReply first = *worker_.Lease(6);
  ReleaseRequest request;
  *request.mutable_fencing() = worker_.fencing();
  request.set_worker("worker-0");
  request.set_instance(worker_.instance());
  for (const Work& work : first.work()) request.add_lease_ids(work.lease_id());
  ASSERT_TRUE(hub_.Release(request).ok());
  const LeaseReply second = *worker_.Lease(6);
  EXPECT_EQ(second.work_size(), first.work_size());
  EXPECT_EQ(Status().samples().issued(), 6u) << "issued once, leased twice";
}

TEST_F(HubRolloutTest, KeepsALeaseAcrossARestartOfTheHub) {
  Begin();
  const LeaseReply lease = *worker_.Lease(6);
  hub_.Restart();
  ASSERT_TRUE(worker_.Hello().ok());
  EXPECT_EQ(worker_.Lease(6)->work_size(), 0) << "all of it is still held";
  EXPECT_EQ(Submit(SampleOf(lease)).outcome(), SubmitOutcome::ACCEPTED);
}

TEST_F(HubRolloutTest, GivesTheLeasesOfAnEarlierRunEpochToOthersAtOnce) {
  Begin();
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
  hub_.Stop();
  ASSERT_TRUE(hub_.Start("another up").ok());
  worker_.BeBornAgain(11);
  EXPECT_EQ(worker_.Lease(6)->work_size(), 0) << "whoever served the weights is gone too";
  learner_.BeBornAgain(30);
  Begin();
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
}

TEST_F(HubRolloutTest, GivesTheLeasesOfAWorkerThatDiedWithTheHubToOthersAtOnce) {
  Begin();
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
  hub_.Restart();
  worker_.BeBornAgain(11);
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
}

TEST_F(HubRolloutTest, TellsAnOldLifeWhatToDo) {
  Begin();
  LeaseRequest request;
  *request.mutable_fencing() = worker_.fencing();
  request.set_worker("worker-0");
  request.set_instance(worker_.instance());
  request.mutable_fencing()->set_hub_incarnation(7);
  EXPECT_EQ(hub_.Lease(request).status().code(), absl::StatusCode::kUnauthenticated);
  request.mutable_fencing()->set_run_epoch(7);
  EXPECT_EQ(hub_.Lease(request).status().code(), absl::StatusCode::kAborted);
  *request.mutable_fencing() = worker_.fencing();
  request.set_worker("stranger");
  EXPECT_EQ(hub_.Lease(request).status().code(), absl::StatusCode::kUnauthenticated);
  hub_.Stop();
  ASSERT_TRUE(hub_.Start("another up").ok());
  request.set_worker("worker-0");
  EXPECT_EQ(hub_.Lease(request).status().code(), absl::StatusCode::kAborted) << "another run epoch";
}

TEST_F(HubRolloutTest, RefusesASecondLiveHolderOfAName) {
  hub_.alive = {10};
  FakeWorker second(&hub_, &hub_.inputs, "worker-0", 11);
  second.BeBornAgain(11);
  const absl::Status refused = second.Hello();
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("worker-0 is held by process 10"));
  hub_.alive = {11};
  EXPECT_TRUE(second.Hello().ok()) << "the first is dead";
  EXPECT_EQ(worker_.Lease(1).status().code(), absl::StatusCode::kAborted) << "and wakes up late";
}

TEST_F(HubRolloutTest, GivesTheLeasesOfADeadInstanceToOthersAtOnce) {
  Begin();
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
  worker_.BeBornAgain(11);
  EXPECT_EQ(worker_.Lease(6)->work_size(), 2);
}

TEST_F(HubRolloutTest, RefusesAtHelloWhoeverDoesNotFit) {
  HelloRequest good;
  good.set_protocol_version(kProtocolVersion);
  good.set_build("other");
  good.set_role(ROLLOUT);
  good.set_name("worker-9");
  good.set_instance("x");
  good.set_model_config_digest(hub_.inputs.model_config_digest);
  good.set_tokenizer_digest(hub_.inputs.tokenizer_digest);
  const auto refused = [&](const std::function<void(HelloRequest*)>& change) {
    HelloRequest request = good;
    change(&request);
    const absl::Status status = hub_.Hello(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    return std::string(status.message());
  };
  EXPECT_TRUE(hub_.Hello(good).ok());
  EXPECT_THAT(refused([](auto* r) { r->set_protocol_version(99); }),
              HasSubstr("speaks protocol 99, the hub (build 0.1.0) speaks 1"));
  EXPECT_THAT(refused([](auto* r) { r->set_model_config_digest(std::string(32, 'x')); }),
              HasSubstr("another model (config.json) than the run: 787878787878"));
  EXPECT_THAT(refused([](auto* r) { r->set_tokenizer_digest(""); }), HasSubstr("another tokenizer"));
  EXPECT_THAT(refused([](auto* r) { r->set_config_digest(std::string(32, 'x')); }),
              HasSubstr("another configuration"));
  const HelloReply reply = *hub_.Hello(good);
  EXPECT_EQ(reply.config_digest(), hub_.inputs.config_digest);
  EXPECT_EQ(reply.config().batch().groups(), 2u);
}

class HubEvaluationTest : public HubRolloutTest {
 protected:
  HubEvaluationTest() : HubRolloutTest(nullptr, 2) {}
};

TEST_F(HubEvaluationTest, ServesEvaluationsFirstPinnedToTheirVersion) {
  Begin();
  const LeaseReply reply = *worker_.Lease(3);
  ASSERT_EQ(reply.work_size(), 3);
  EXPECT_TRUE(reply.work(0).keys(0).has_eval());
  EXPECT_TRUE(reply.work(1).keys(0).has_eval());
  EXPECT_EQ(reply.work(1).keys(0).eval().row(), 1u);
  EXPECT_TRUE(reply.work(2).keys(0).has_sample()) << "training goes on beside it";
  EXPECT_EQ(Status().samples().issued(), 1u) << "evaluations are in no training counter";
}

TEST_F(HubEvaluationTest, HandsNoStepOutBeforeTheEvaluationIsFinished) {
  Begin();
  const LeaseReply reply = *worker_.Lease(8);
  for (int work = 2; work < reply.work_size(); ++work) {
    for (int i = 0; i < reply.work(work).keys_size(); ++i) Submit(SampleOf(reply, work, i));
  }
  GetBatchReply batch = *learner_.GetBatch(0, 0);
  EXPECT_EQ(batch.state(), GetBatchReply::WAITING);
  EXPECT_THAT(batch.waiting_for(), HasSubstr("2 rows of the evaluation of version 0"));
  Submit(SampleOf(reply, 0));
  Submit(SampleOf(reply, 1));
  EXPECT_EQ(learner_.GetBatch(0, 0)->state(), GetBatchReply::READY);
  ASSERT_EQ(Status().evals_size(), 1);
}

TEST_F(HubEvaluationTest, LeavesAFailedVerdictOutOfTheMean) {
  Begin();
  const LeaseReply reply = *worker_.Lease(2);
  Sample failed = SampleOf(reply, 0);
  failed.mutable_verdict()->set_outcome(Verdict::CRASHED);
  Sample right = SampleOf(reply, 1);
  right.mutable_verdict()->set_reward(1);
  right.mutable_verdict()->mutable_parts(0)->set_value(1);
  EXPECT_EQ(Submit(failed).outcome(), SubmitOutcome::ACCEPTED);
  EXPECT_EQ(Submit(right).outcome(), SubmitOutcome::ACCEPTED);
  const RunStatus status = Status();
  ASSERT_EQ(status.evals_size(), 1);
  EXPECT_EQ(status.evals(0).samples(), 1u);
  EXPECT_EQ(status.evals(0).mean_reward(), 1);
}

TEST_F(HubEvaluationTest, GoesOnAfterARestart) {
  Begin();
  const LeaseReply reply = *worker_.Lease(2);
  Submit(SampleOf(reply, 0));
  hub_.Restart();
  EXPECT_EQ(Submit(SampleOf(reply, 1)).outcome(), SubmitOutcome::ACCEPTED);
  EXPECT_EQ(Status().evals_size(), 1);
}

// Coverage stops the run instead of training on weights of 1.
TEST_F(HubRolloutTest, StopsTheRunWhenTooManyStatisticsAreMissing) {
  Begin();
  const LeaseReply lease = *worker_.Lease(6);
  for (int work = 0; work < 2; ++work) {
    for (int i = 0; i < 3; ++i) {
      Sample sample = SampleOf(lease, work, i);
      if (i == 0) sample.clear_stats();
      EXPECT_EQ(Submit(sample).outcome(), SubmitOutcome::ACCEPTED);
    }
  }
  const RunStatus status = Status();
  EXPECT_THAT(status.failure(), HasSubstr("credit.min_coverage asks for 0.95"));
  EXPECT_EQ(status.failure_exit_code(), 65);
  EXPECT_EQ(learner_.GetBatch(0, 0)->state(), GetBatchReply::DRAINING);
  EXPECT_TRUE(worker_.Lease(1)->draining());
  hub_.Restart();
  EXPECT_THAT(Status().failure(), HasSubstr("min_coverage")) << "judged the same way again";
}

class HubUniformTest : public HubRolloutTest {
 protected:
  HubUniformTest()
      : HubRolloutTest([](RunConfig* config) { config->mutable_credit()->set_scheme("uniform"); }) {}
};

TEST_F(HubUniformTest, NeedsNoCoverageForASchemeThatReadsNoStatistics) {
  Begin();
  const LeaseReply lease = *worker_.Lease(6);
  for (int work = 0; work < 2; ++work) {
    for (int i = 0; i < 3; ++i) {
      Sample sample = SampleOf(lease, work, i);
      if (i == 0) sample.clear_stats();
      Submit(sample);
    }
  }
  EXPECT_EQ(Status().failure(), "");
}

}  // namespace
}  // namespace rubato
