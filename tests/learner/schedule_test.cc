#include "learner/schedule.h"

#include "gtest/gtest.h"

namespace rubato {
namespace {

TEST(WarmupLearningRate, GrowsLinearlyThenStays) {
  EXPECT_DOUBLE_EQ(WarmupLearningRate(1.0, 4, 0), 0.25);
  EXPECT_DOUBLE_EQ(WarmupLearningRate(1.0, 4, 3), 1.0);
  EXPECT_DOUBLE_EQ(WarmupLearningRate(1.0, 4, 100), 1.0);
  EXPECT_DOUBLE_EQ(WarmupLearningRate(1.0, 0, 0), 1.0);
}

TEST(CosineLearningRate, FallsFromThePeakToTheFinalShare) {
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 2, 13, 0), 0.5);
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 2, 13, 2), 1.0);
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 2, 13, 7), 0.55);
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 2, 13, 12), 0.1);
}

TEST(CosineLearningRate, OfARunThatIsAllWarmUpIsTheWarmUp) {
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 4, 2, 1), 0.5);
  EXPECT_DOUBLE_EQ(CosineLearningRate(1.0, 0.1, 0, 1, 0), 1.0);
}

}  // namespace
}  // namespace rubato
