#include "learner/micro_batch_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using testing::ElementsAre;

TEST(PlanMicroBatches, KeepsASmallBatchTogether) {
  EXPECT_THAT(PlanMicroBatches(std::vector<int>{4, 4, 4, 2}, 100), ElementsAre(0, 4));
}

TEST(PlanMicroBatches, CutsIntoRunsOfAboutEqualRowsWithinTheBudget) {
  EXPECT_THAT(PlanMicroBatches(std::vector<int>{4, 4, 4, 4, 4}, 16), ElementsAre(0, 3, 5));
}

TEST(PlanMicroBatches, GivesASequenceBeyondTheBudgetARunOfItsOwn) {
  EXPECT_THAT(PlanMicroBatches(std::vector<int>{2, 100, 2}, 8), ElementsAre(0, 1, 2, 3));
}

TEST(PlanMicroBatches, OfALargeBatchAreAMultipleOfFour) {
  const std::vector<int> rows(50, 100);
  EXPECT_EQ(PlanMicroBatches(rows, 4096).size() - 1, 4u);
  EXPECT_EQ(PlanMicroBatches(rows, 1100).size() - 1, 8u);
}

TEST(PlanMicroBatches, OfNothingHasNoRun) { EXPECT_THAT(PlanMicroBatches({}, 8), ElementsAre(0)); }

}  // namespace
}  // namespace rubato
