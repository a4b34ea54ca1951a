#include "learner/surrogate_loss.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using testing::ElementsAre;

TrainingSample MakeTrainingSample(std::vector<float> behaviour, std::vector<double> advantages, bool held) {
  TrainingSample sample;
  sample.behaviour_logprobs = std::move(behaviour);
  sample.shaped_advantages = std::move(advantages);
  sample.mean_weight = 0.5;
  sample.sampled_by_held_version = held;
  return sample;
}

TEST(SurrogateLoss, GivesEachTokenTheGradientOfItsOwnAdvantage) {
  const std::vector<TrainingSample> samples = {MakeTrainingSample({-1, -2}, {1, 3}, true),
                                               MakeTrainingSample({-3}, {-2}, true)};
  SurrogateLoss loss(samples, 0.2);
  std::vector<float> gradient(2), last(1);
  loss.Evaluate(0, std::vector<float>{-1, -2}, std::vector<float>{0.5, 0.25}, std::span<float>(gradient));
  loss.Evaluate(2, std::vector<float>{-3}, std::vector<float>{0.25}, std::span<float>(last));
  EXPECT_THAT(gradient, ElementsAre(-0.5f, -1.5f));
  EXPECT_THAT(last, ElementsAre(1.0f));
  EXPECT_DOUBLE_EQ(loss.tally().sums.loss, -0.5 - 1.5 + 1);
  EXPECT_DOUBLE_EQ(loss.tally().sums.tokens, 3);
  EXPECT_DOUBLE_EQ(loss.tally().sums.entropy, 1);
  EXPECT_DOUBLE_EQ(loss.tally().sums.ratio, 3);
  EXPECT_EQ(loss.tally().maxima.gap, 0);
}

TEST(SurrogateLoss, ComparesLogprobsOnlyWhereTheHeldWeightsSampled) {
  const std::vector<TrainingSample> samples = {MakeTrainingSample({-1}, {1}, false),
                                               MakeTrainingSample({-3}, {-2}, true)};
  SurrogateLoss loss(samples, 0.2);
  std::vector<float> gradient(2);
  loss.Evaluate(0, std::vector<float>{-1.5, -2.75}, std::vector<float>{0, 0}, std::span<float>(gradient));
  EXPECT_EQ(loss.tally().maxima.gap, 0.25);
  EXPECT_EQ(loss.tally().sums.gap_tokens, 1);
  EXPECT_NEAR(loss.tally().maxima.ratio, std::exp(0.25), 1e-12);
}

TEST(SurrogateLoss, ReportsMeansOverTokens) {
  const std::vector<TrainingSample> samples = {MakeTrainingSample({-2, -2}, {1, 1}, true)};
  SurrogateLoss loss(samples, 0.2);
  std::vector<float> gradient(2);
  loss.Evaluate(0, std::vector<float>{-1, -2}, std::vector<float>{0.5, 1.5}, std::span<float>(gradient));
  StepReport report;
  loss.tally().Report(&report);
  EXPECT_EQ(report.clip_fraction(), 0.5);
  EXPECT_EQ(report.entropy_mean(), 1.0);
  EXPECT_NEAR(report.approx_kl(), (std::exp(1.0) - 2) / 2, 1e-12);
  EXPECT_EQ(report.tokens(), 2u);
}

TEST(StepTally, OfNoTokensReportsZeros) {
  StepReport report;
  StepTally().Report(&report);
  EXPECT_EQ(report.ratio_mean(), 0);
  EXPECT_EQ(report.entropy_mean(), 0);
}

}  // namespace
}  // namespace rubato
