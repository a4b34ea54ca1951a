#include "learner/training_sample.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/learner/batches.h"
#include "tests/learner/tiny_models.h"

namespace rubato {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class UnpackSampleTest : public testing::Test {
 protected:
  UnpackSampleTest() {
    sample_ = MakeSample({3, 4}, {5, 6, 7}, {-1, -2, -3}, {1, 1.5, 1}, -2);
    sample_.mutable_key()->set_index(6);
    normalizers_.set_samples(4);
    normalizers_.set_tokens(50);
    held_.set_step(9);
    held_.set_digest("digest");
  }

  absl::StatusOr<TrainingSample> Unpack() {
    return UnpackSample(sample_, normalizers_, config_, TinyConfig(), held_);
  }
  std::string Error() { return std::string(Unpack().status().message()); }

  BatchSample sample_;
  BatchNormalizers normalizers_;
  LearnerSection config_;
  WeightVersion held_;
};

TEST_F(UnpackSampleTest, JoinsSegmentsAndTrainsThePolicysTokens) {
  Segment* environment = sample_.add_segments();
  environment->set_kind(Segment::ENVIRONMENT);
  environment->set_token_ids(PackInt32(std::vector<int32_t>{8, 9}));
  const auto sample = Unpack();
  ASSERT_TRUE(sample.ok()) << sample.status();
  EXPECT_THAT(sample->tokens, ElementsAre(3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(sample->trained, ElementsAre(0, 0, 1, 1, 1, 0, 0));
  EXPECT_THAT(sample->behaviour_logprobs, ElementsAre(-1, -2, -3));
  EXPECT_THAT(sample->shaped_advantages, ElementsAre(-2, -3, -2));
}

TEST_F(UnpackSampleTest, ATokenCountsOneOverItsResponseOrOneOverTheBatch) {
  config_.set_loss_mean("sequence");
  EXPECT_DOUBLE_EQ(Unpack()->mean_weight, 1.0 / (3 * 4));
  config_.set_loss_mean("token");
  EXPECT_DOUBLE_EQ(Unpack()->mean_weight, 1.0 / 50);
}

TEST_F(UnpackSampleTest, KnowsWhetherTheHeldWeightsSampledIt) {
  *sample_.mutable_oldest_version() = held_;
  EXPECT_TRUE(Unpack()->sampled_by_held_version);
  sample_.mutable_oldest_version()->set_step(8);
  EXPECT_FALSE(Unpack()->sampled_by_held_version);
  *sample_.mutable_oldest_version() = held_;
  sample_.mutable_oldest_version()->set_digest("another");
  EXPECT_FALSE(Unpack()->sampled_by_held_version);
}

TEST_F(UnpackSampleTest, RefusesArraysWhoseLengthsDisagree) {
  sample_.set_token_weights(PackDouble(std::vector<double>{1, 1}));
  EXPECT_THAT(Error(), HasSubstr("index 6): 3 policy tokens but 2 token weights"));
}

TEST_F(UnpackSampleTest, RefusesTooFewLogprobs) {
  sample_.mutable_segments(1)->set_logprobs(PackFloat(std::vector<float>{-1}));
  EXPECT_THAT(Error(), HasSubstr("3 tokens but 1 log-probs"));
}

TEST_F(UnpackSampleTest, RefusesASampleWithoutAPrompt) {
  sample_.mutable_segments(0)->clear_token_ids();
  EXPECT_THAT(Error(), HasSubstr("no prompt"));
}

TEST_F(UnpackSampleTest, RefusesTokensOutsideTheVocabulary) {
  sample_.mutable_segments(0)->set_token_ids(PackInt32(std::vector<int32_t>{3, 19}));
  EXPECT_THAT(Error(), HasSubstr("token 19"));
}

TEST_F(UnpackSampleTest, RefusesNumbersThatAreNotFinite) {
  sample_.set_advantage(std::nan(""));
  EXPECT_THAT(Error(), HasSubstr("an advantage is"));
}

TEST_F(UnpackSampleTest, RefusesATemperatureOfZero) {
  sample_.set_temperature(0);
  EXPECT_THAT(Error(), HasSubstr("temperature is 0"));
}

}  // namespace
}  // namespace rubato
