#include "credit/advantages.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace rubato {
namespace {

GroupAdvantages Of(const std::vector<double>& rewards) { return GrpoAdvantages(rewards); }

TEST(Advantages, AreStandardScoresWithThePopulationStd) {
  const GroupAdvantages group = Of({1, 0, 0, 0});
  EXPECT_DOUBLE_EQ(group.mean, 0.25);
  EXPECT_DOUBLE_EQ(group.std, std::sqrt(3.0 / 16));
  EXPECT_FALSE(group.zero_variance);
  EXPECT_DOUBLE_EQ(group.values[0], 0.75 / (std::sqrt(3.0 / 16) + 1e-6));
  EXPECT_DOUBLE_EQ(group.values[1], -0.25 / (std::sqrt(3.0 / 16) + 1e-6));
}

TEST(Advantages, SumToZero) {
  const GroupAdvantages group = Of({0.1, 0.7, 0.2, 0.9, 0.4});
  EXPECT_NEAR(std::accumulate(group.values.begin(), group.values.end(), 0.0), 0, 1e-12);
}

TEST(Advantages, OfEqualRewardsAreExactlyZeroAndFlagged) {
  for (double reward : {0.0, 1.0, 0.1, -3.7}) {
    const GroupAdvantages group = Of(std::vector<double>(7, reward));
    EXPECT_TRUE(group.zero_variance);
    EXPECT_EQ(group.values, std::vector<double>(7, 0.0));
    EXPECT_EQ(group.mean, reward);
    EXPECT_EQ(group.std, 0);
  }
}

TEST(Advantages, OfRewardsThatHardlyDifferStayBounded) {  // the 1e-6 under the quotient
  const GroupAdvantages group = Of({0, 1e-9});
  EXPECT_FALSE(group.zero_variance);
  EXPECT_LT(std::abs(group.values[0]), 1e-3);
}

TEST(Advantages, OfASingleSampleAreZeroVariance) { EXPECT_TRUE(Of({1}).zero_variance); }

TEST(Advantages, MinOkIsHalfTheGroupButAtLeastTwoUnlessGiven) {
  EXPECT_EQ(ResolveMinOk(0, 2), 2);
  EXPECT_EQ(ResolveMinOk(0, 3), 2);
  EXPECT_EQ(ResolveMinOk(0, 5), 3);
  EXPECT_EQ(ResolveMinOk(0, 8), 4);
  EXPECT_EQ(ResolveMinOk(7, 8), 7);
}

}  // namespace
}  // namespace rubato
