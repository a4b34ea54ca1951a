// What the hub answers to learner ranks, call by call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/digest.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

std::string DigestOf(const std::string& text) { return std::string(AsBytes(Sha256(text))); }

class HubLearnerTest : public testing::Test {
 protected:
  HubLearnerTest()
      : hub_(TinyInputs([](RunConfig* config) {
          config->mutable_learner()->set_ranks(2);
          config->mutable_checkpoint()->set_keep(2);
        })),
        worker_(&hub_, &hub_.inputs, "worker-0", 10),
        learner_(&hub_, &hub_.inputs, 2, 20) {
    EXPECT_TRUE(hub_.Start().ok());
  }

  // Joined, and step 0 has its batch.
  GetBatchReply BatchOfStepZero() {
    EXPECT_TRUE(learner_.Join().ok());
    EXPECT_TRUE(worker_.Work(6).ok());
    return learner_.GetBatch(0, 0).value_or(GetBatchReply());
  }

  JoinRequest JoinOf(uint32_t rank, const std::string& instance) {
    JoinRequest request;
    *request.mutable_fencing() = learner_.fencing(rank);
    request.set_rank(rank);
    request.set_world(2);
    request.set_instance(instance);
    return request;
  }

  RunStatus Status() { return hub_.Status().value_or(RunStatus()); }

  HubInProcess hub_;
  FakeWorker worker_;
  FakeLearner learner_;
};

TEST_F(HubLearnerTest, FormsAGenerationWhenAllRanksHaveCome) {
  ASSERT_TRUE(learner_.Hello(0).ok() && learner_.Hello(1).ok());
  EXPECT_EQ(hub_.Join(JoinOf(0, "0.0"))->fencing().learner_generation(), 0u);
  EXPECT_THAT(Status().waiting_for(), HasSubstr("rank 1 of 2"));
  EXPECT_EQ(hub_.Join(JoinOf(1, "1.0"))->fencing().learner_generation(), 1u);
  EXPECT_EQ(hub_.Join(JoinOf(0, "0.0"))->fencing().learner_generation(), 1u);
  hub_.Restart();
  ASSERT_TRUE(learner_.Hello(1).ok());
  EXPECT_EQ(hub_.Join(JoinOf(1, "1.0"))->fencing().learner_generation(), 1u) << "a lost reply is given again";
}

TEST_F(HubLearnerTest, EndsAGenerationAsSoonAsOneOfItsRanksComesAnew) {
  BatchOfStepZero();
  FakeLearner rank_zero_again(&hub_, &hub_.inputs, 2, 30);
  rank_zero_again.BeBornAgain(30);
  ASSERT_TRUE(rank_zero_again.Hello(0).ok());
  JoinRequest join = JoinOf(0, "0.1");
  EXPECT_EQ(hub_.Join(join)->fencing().learner_generation(), 0u);
  const absl::Status old = learner_.GetBatch(1, 0).status();
  EXPECT_EQ(old.code(), absl::StatusCode::kAborted) << old;
  EXPECT_THAT(std::string(old.message()), HasSubstr("generation 1 ended"));
}

TEST_F(HubLearnerTest, FencesTheCallsOfAnOldGeneration) {
  const GetBatchReply batch = BatchOfStepZero();
  FakeLearner next(&hub_, &hub_.inputs, 2, 30);
  next.BeBornAgain(30);
  ASSERT_TRUE(next.Join().ok());
  const std::string digest = learner_.After(batch);
  EXPECT_EQ(learner_.Offer(1, digest).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(learner_.Commit(batch, digest).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Status().next_step(), 0u) << "a process that wakes up late changed nothing";
}

TEST_F(HubLearnerTest, RefusesASecondLearnerOfARank) {
  hub_.alive = {20, 21};
  ASSERT_TRUE(learner_.Join().ok());
  FakeLearner second(&hub_, &hub_.inputs, 2, 30);
  second.BeBornAgain(30);
  const absl::Status refused = second.Hello(0);
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("rank-0 is held by process 20"));
}

TEST_F(HubLearnerTest, RefusesAnotherNumberOfRanks) {
  ASSERT_TRUE(learner_.Hello(0).ok());
  JoinRequest request = JoinOf(0, "0.0");
  request.set_world(3);
  const absl::Status refused = hub_.Join(request).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("learner.ranks is 2"));
}

TEST_F(HubLearnerTest, CarriesTheRendezvousOfTheGeneration) {
  ASSERT_TRUE(learner_.Join().ok());
  GetRendezvousRequest get;
  *get.mutable_fencing() = learner_.fencing(1);
  EXPECT_EQ(hub_.GetRendezvous(get)->address(), "");
  PublishRendezvousRequest publish;
  *publish.mutable_fencing() = learner_.fencing(0);
  publish.set_address("127.0.0.1:4711");
  ASSERT_TRUE(hub_.PublishRendezvous(publish).ok());
  EXPECT_EQ(hub_.GetRendezvous(get)->address(), "127.0.0.1:4711");
  learner_.BeBornAgain(30);
  ASSERT_TRUE(learner_.Join().ok());
  *get.mutable_fencing() = learner_.fencing(1);
  EXPECT_EQ(hub_.GetRendezvous(get)->address(), "") << "a new generation meets anew";
}

TEST_F(HubLearnerTest, SharesTheBatchOutWithoutChangingIt) {
  BatchOfStepZero();
  const GetBatchReply zero = *learner_.GetBatch(0, 0);
  const GetBatchReply one = *learner_.GetBatch(1, 0);
  EXPECT_EQ(zero.state(), GetBatchReply::READY);
  EXPECT_EQ(zero.batch_digest(), one.batch_digest());
  EXPECT_EQ(zero.normalizers().samples(), static_cast<uint64_t>(zero.samples_size() + one.samples_size()));
  hub_.Restart();
  EXPECT_EQ(learner_.GetBatch(0, 0)->SerializeAsString(), zero.SerializeAsString())
      << "the same bytes for ever";
}

TEST_F(HubLearnerTest, CommitsInOneStepAndOnlyWhatWasOffered) {
  const GetBatchReply batch = BatchOfStepZero();
  const std::string digest = learner_.After(batch);
  EXPECT_EQ(learner_.Commit(batch, digest).status().code(), absl::StatusCode::kFailedPrecondition)
      << "not offered";
  ASSERT_TRUE(learner_.Offer(1, digest).ok());
  EXPECT_EQ(Status().current().step(), 0u) << "prepared, not current";
  EXPECT_EQ(learner_.Commit(batch, DigestOf("other")).status().code(), absl::StatusCode::kFailedPrecondition);
  GetBatchReply forged = batch;
  forged.set_batch_digest(DigestOf("another batch"));
  EXPECT_EQ(learner_.Commit(forged, digest).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Status().next_step(), 0u);
  ASSERT_TRUE(learner_.Commit(batch, digest).ok());
  EXPECT_EQ(Status().current().step(), 1u);
  EXPECT_EQ(Status().current().digest(), digest);
  EXPECT_TRUE(learner_.Commit(batch, digest).ok()) << "the same again";
  EXPECT_EQ(Status().next_step(), 1u);
}

TEST_F(HubLearnerTest, AnswersEarlyAndWrongQuestions) {
  ASSERT_TRUE(learner_.Join().ok());
  const GetBatchReply waiting = *learner_.GetBatch(0, 0);
  EXPECT_EQ(waiting.state(), GetBatchReply::WAITING);
  EXPECT_EQ(waiting.waiting_for(), "2 groups of step 0");
  EXPECT_EQ(learner_.GetBatch(0, 1)->state(), GetBatchReply::WAITING) << "a rank that is one commit ahead";
  EXPECT_EQ(learner_.GetBatch(0, 2).status().code(), absl::StatusCode::kInvalidArgument);
  GetBatchRequest stranger;
  *stranger.mutable_fencing() = learner_.fencing(0);
  stranger.set_rank(7);
  stranger.set_world(2);
  EXPECT_EQ(hub_.GetBatch(stranger).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(learner_.Offer(5, DigestOf("x")).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HubLearnerTest, StopsWhenTheFirstModelIsAnother) {
  ASSERT_TRUE(learner_.Join().ok());
  const absl::Status other = learner_.Offer(0, DigestOf("another model"));
  EXPECT_EQ(other.code(), absl::StatusCode::kDataLoss) << other;
  EXPECT_EQ(Status().failure_exit_code(), 70);
}

TEST_F(HubLearnerTest, ForgetsTheSourcesOfAnEarlierGeneration) {
  ASSERT_TRUE(learner_.Join().ok());
  EXPECT_EQ(worker_.Lease(3)->sources_size(), 1);
  FakeLearner next(&hub_, &hub_.inputs, 2, 30);
  next.BeBornAgain(30);
  ASSERT_TRUE(next.Hello(0).ok() && next.Hello(1).ok());
  EXPECT_EQ(hub_.Join(JoinOf(0, "0.1"))->fencing().learner_generation(), 0u);
  EXPECT_EQ(hub_.Join(JoinOf(1, "1.1"))->fencing().learner_generation(), 2u);
  EXPECT_EQ(worker_.Lease(3)->work_size(), 0) << "nobody serves version 0 now";
  ASSERT_TRUE(next.Join().ok());
  const LeaseReply reply = *worker_.Lease(3);
  ASSERT_EQ(reply.sources_size(), 1);
  EXPECT_EQ(reply.sources(0).addresses(0), "127.0.0.1:30");
}

TEST_F(HubLearnerTest, RetiresCheckpointsBeyondTheNewest) {
  ASSERT_TRUE(learner_.Join().ok());
  for (int round = 0; learner_.step() < 3 && round < 20; ++round) {
    ASSERT_TRUE(worker_.Work(6).ok());
    ASSERT_TRUE(learner_.Work().ok());
  }
  learner_.BeBornAgain(30);
  ASSERT_TRUE(learner_.Hello(0).ok() && learner_.Hello(1).ok());
  EXPECT_EQ(hub_.Join(JoinOf(0, "0.1"))->checkpoints_size(), 0) << "not before the roster is full";
  const JoinReply joined = *hub_.Join(JoinOf(1, "1.1"));
  ASSERT_EQ(joined.checkpoints_size(), 2);
  EXPECT_EQ(joined.checkpoints(0).step(), 3u) << "newest first";
  EXPECT_EQ(joined.checkpoints(1).step(), 2u);
  EXPECT_EQ(joined.next_uncommitted_step(), 3u);
}

TEST_F(HubLearnerTest, RefusesACheckpointOfWhatIsNotCommitted) {
  ASSERT_TRUE(learner_.Join().ok());
  ReportCheckpointRequest request;
  *request.mutable_fencing() = learner_.fencing(0);
  request.mutable_checkpoint()->set_step(1);
  request.mutable_checkpoint()->set_path("checkpoints/x");
  EXPECT_EQ(hub_.ReportCheckpoint(request).status().code(), absl::StatusCode::kFailedPrecondition);
  request.mutable_checkpoint()->set_step(0);
  EXPECT_TRUE(hub_.ReportCheckpoint(request).ok());
  request.mutable_checkpoint()->set_path("../elsewhere");
  EXPECT_EQ(hub_.ReportCheckpoint(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HubLearnerTest, FinishesAfterTheLastStep) {
  ASSERT_TRUE(learner_.Join().ok());
  for (int round = 0; !learner_.finished() && round < 20; ++round) {
    ASSERT_TRUE(worker_.Work(6).ok());
    ASSERT_TRUE(learner_.Work().ok());
  }
  EXPECT_TRUE(learner_.finished() && Status().finished());
  EXPECT_TRUE(worker_.Lease(1)->draining()) << "workers may go";
}

}  // namespace
}  // namespace rubato
