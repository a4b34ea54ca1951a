#include "credit/top_q.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Scores = std::vector<double>;
using Positions = std::vector<int>;

TEST(TopQ, PicksTheHighestScoresInOrderOfPosition) {
  EXPECT_EQ(TopQ(Scores{3, 9, 1, 7, 5}, 0.4), (Positions{1, 3}));
}

TEST(TopQ, RoundsTheCountHalfUpInSpiteOfRounding) {
  const auto count = [](int n, double q) { return TopQ(Scores(n, 0.0), q).size(); };
  EXPECT_EQ(count(10, 0.25), 3u);   // 2.5
  EXPECT_EQ(count(50, 0.29), 15u);  // 14.5, a hair below in binary
  EXPECT_EQ(count(6, 0.4), 2u);     // 2.4
  EXPECT_EQ(count(10, 1.0), 10u);
  EXPECT_EQ(count(1, 1.0), 1u);
}

TEST(TopQ, PicksAtLeastOne) {
  EXPECT_EQ(TopQ(Scores{1, 2, 3}, 1e-6), (Positions{2}));
  EXPECT_EQ(TopQ(Scores{1}, 0.4), (Positions{0}));
}

TEST(TopQ, GivesTiesToTheLowerPosition) {
  EXPECT_EQ(TopQ(Scores{5, 5, 5, 5, 5}, 0.4), (Positions{0, 1}));
  EXPECT_EQ(TopQ(Scores{1, 5, 9, 5, 5}, 0.6), (Positions{1, 2, 3}));
}

TEST(TopQ, NeitherRanksNorCountsUndefinedScores) {
  EXPECT_EQ(TopQ(Scores{kNan, 1, kNan, 2, kNan, 3, kNan, 4}, 0.5), (Positions{5, 7}));
  EXPECT_TRUE(TopQ(Scores{kNan, kNan}, 0.5).empty());
  EXPECT_TRUE(TopQ(Scores{}, 0.5).empty());
}

TEST(Median, IsTheMiddleOrTheMeanOfTheMiddleTwoOfDefinedValues) {
  EXPECT_EQ(Median(Scores{3, kNan, 1, 2}), 2);
  EXPECT_EQ(Median(Scores{4, 1, kNan, 2, 9}), 3);
  EXPECT_EQ(Median(Scores{7}), 7);
  EXPECT_TRUE(std::isnan(Median(Scores{kNan})));
  EXPECT_TRUE(std::isnan(Median(Scores{})));
}

}  // namespace
}  // namespace rubato
