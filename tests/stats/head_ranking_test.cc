#include "stats/head_ranking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

using Heads = std::vector<int>;

HeadRanking Ranked(const std::vector<float>& d, double share) {
  const absl::StatusOr<HeadRanking> ranking = RankHeads(d, share);
  EXPECT_TRUE(ranking.ok()) << ranking.status();
  return ranking.value_or(HeadRanking{});
}

TEST(HeadRanking, TakesTheNearestAndTheFarthestHeadsOfC3) {
  const HeadRanking ranking = Ranked({7, 1, 9, 3, 5, 2, 8, 4, 6, 0}, 0.3);
  EXPECT_EQ(ranking.local, (Heads{1, 5, 9}));
  EXPECT_EQ(ranking.global, (Heads{0, 2, 6}));
}

TEST(HeadRanking, BreaksTiesByLayerAndHead) {
  const HeadRanking ranking = Ranked({1, 1, 1, 1, 1}, 0.4);
  EXPECT_EQ(ranking.local, (Heads{0, 1}));
  EXPECT_EQ(ranking.global, (Heads{3, 4}));
}

TEST(HeadRanking, SetSizeIsTheFloorThatRoundingCannotMove) {
  EXPECT_EQ(HeadSetSize(10, 0.3), 3);  // 0.3 * 10 is just below 3 in some orders of arithmetic
  EXPECT_EQ(HeadSetSize(12, 0.3), 3);
  EXPECT_EQ(HeadSetSize(13, 0.3), 3);
  EXPECT_EQ(HeadSetSize(14, 0.3), 4);
  EXPECT_EQ(HeadSetSize(1, 0.3), 1);
  EXPECT_EQ(HeadSetSize(3, 0.3), 1);
  EXPECT_EQ(HeadSetSize(9, 0.5), 4);
  for (int tens = 1; tens < 500; ++tens) EXPECT_EQ(HeadSetSize(10 * tens, 0.3), 3 * tens);
}

TEST(HeadRanking, HalfAndHalfLeavesTheMiddleHeadOut) {
  const HeadRanking ranking = Ranked({3, 2, 1}, 0.5);
  EXPECT_EQ(ranking.local, (Heads{2}));
  EXPECT_EQ(ranking.global, (Heads{0}));
}

TEST(HeadRanking, OneHeadIsInBothSetsAndSaysSo) {
  const HeadRanking one = Ranked({4}, 0.3);
  EXPECT_EQ(one.local, (Heads{0}));
  EXPECT_EQ(one.global, (Heads{0}));
  EXPECT_TRUE(HeadsAreShared(one));
  EXPECT_FALSE(HeadsAreShared(Ranked({4, 4}, 0.5)));
}

TEST(HeadRanking, RefusesWhatCannotBeRankedAndNamesIt) {
  const auto message = [](const std::vector<float>& d, double share) {
    return std::string(RankHeads(d, share).status().message());
  };
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  EXPECT_NE(message({}, 0.3).find("no head distances"), std::string::npos);
  EXPECT_NE(message({1, nan}, 0.3).find("d[1] is nan"), std::string::npos);
  EXPECT_NE(message({inf}, 0.3).find("d[0] is inf"), std::string::npos);
  EXPECT_NE(message({1, 2, -1}, 0.3).find("d[2] is -1"), std::string::npos);
  for (double share : {0.0, -0.1, 0.51, std::nan("")}) {
    EXPECT_NE(message({1}, share).find("head_share"), std::string::npos) << share;
  }
}

}  // namespace
}  // namespace rubato
