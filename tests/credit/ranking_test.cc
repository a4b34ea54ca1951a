#include "credit/ranking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Scores = std::vector<double>;
using Positions = std::vector<int>;

TEST(PickQ, PicksTheHighestScoresInOrderOfPosition) {
  EXPECT_EQ(PickQ(Scores{3, 9, 1, 7, 5}, 0.4, RankEnd::kTop), (Positions{1, 3}));
}

TEST(PickQ, RoundsTheCountHalfUpInSpiteOfRounding) {
  const auto count = [](int n, double q) { return PickQ(Scores(n, 0.0), q, RankEnd::kTop).size(); };
  EXPECT_EQ(count(10, 0.25), 3u);   // 2.5
  EXPECT_EQ(count(50, 0.29), 15u);  // 14.5, a hair below in binary
  EXPECT_EQ(count(6, 0.4), 2u);     // 2.4
  EXPECT_EQ(count(10, 1.0), 10u);
  EXPECT_EQ(count(1, 1.0), 1u);
}

TEST(PickQ, PicksAtLeastOne) {
  EXPECT_EQ(PickQ(Scores{1, 2, 3}, 1e-6, RankEnd::kTop), (Positions{2}));
  EXPECT_EQ(PickQ(Scores{1}, 0.4, RankEnd::kTop), (Positions{0}));
}

TEST(PickQ, GivesTiesToTheLowerPosition) {
  EXPECT_EQ(PickQ(Scores{5, 5, 5, 5, 5}, 0.4, RankEnd::kTop), (Positions{0, 1}));
  EXPECT_EQ(PickQ(Scores{1, 5, 9, 5, 5}, 0.6, RankEnd::kTop), (Positions{1, 2, 3}));
}

TEST(PickQ, PicksTheLowestFromTheBottomAndStillGivesTiesToTheLowerPosition) {  // C16
  EXPECT_EQ(PickQ(Scores{3, 9, 1, 7, 5}, 0.4, RankEnd::kBottom), (Positions{0, 2}));
  EXPECT_EQ(PickQ(Scores{5, 5, 5, 5, 5}, 0.4, RankEnd::kBottom), (Positions{0, 1}));
  EXPECT_EQ(PickQ(Scores{kNan, 4, 2, kNan}, 0.5, RankEnd::kBottom), (Positions{2}));
}

TEST(PickQ, NeitherRanksNorCountsUndefinedScores) {
  EXPECT_EQ(PickQ(Scores{kNan, 1, kNan, 2, kNan, 3, kNan, 4}, 0.5, RankEnd::kTop), (Positions{5, 7}));
  EXPECT_TRUE(PickQ(Scores{kNan, kNan}, 0.5, RankEnd::kTop).empty());
  EXPECT_TRUE(PickQ(Scores{}, 0.5, RankEnd::kTop).empty());
}

TEST(Median, IsTheMiddleOrTheMeanOfTheMiddleTwoOfDefinedValues) {
  EXPECT_EQ(Median(Scores{3, kNan, 1, 2}), 2);
  EXPECT_EQ(Median(Scores{4, 1, kNan, 2, 9}), 3);
  EXPECT_EQ(Median(Scores{7}), 7);
  EXPECT_TRUE(std::isnan(Median(Scores{kNan})));
  EXPECT_TRUE(std::isnan(Median(Scores{})));
}

TEST(Quantile, IsLinearBetweenNeighbours) {
  const Scores values = {40, kNan, 10, 20, 30};
  EXPECT_EQ(Quantile(values, 0), 10);
  EXPECT_EQ(Quantile(values, 1), 40);
  EXPECT_EQ(Quantile(values, 0.5), 25);
  EXPECT_EQ(Quantile(values, 0.25), 17.5);
  EXPECT_EQ(Quantile(Scores{7}, 0.9), 7);
  EXPECT_TRUE(std::isnan(Quantile(Scores{kNan}, 0.5)));
}

}  // namespace
}  // namespace rubato
