#include "stats/set_means.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/stats/dense_maps.h"

namespace rubato {
namespace {

constexpr int kPrompt = 5, kTokens = 40, kHeads = 12, kW = 7, kHLo = 4, kHHi = 11;

std::vector<float> Floats(const dense::Series& series) {
  std::vector<float> values;
  for (const auto& value : series) {
    values.push_back(value ? static_cast<float>(*value) : AttentionRecord::kUndefined);
  }
  return values;
}

TEST(SetMeans, EqualTheStatisticsOfTheMeanMap) {  // C4: both statistics are linear in the map
  std::mt19937 random(3);
  AttentionRecord record(kHeads, kTokens);
  std::vector<dense::Map> local, global;
  const HeadRanking ranking{{1, 4, 5}, {0, 7, 11}};
  for (int head = 0; head < kHeads; ++head) {
    const dense::Map map = dense::RandomMap(kPrompt + kTokens, 0.3 * head, &random);
    const std::vector<float> waad = Floats(dense::Waad(map, kPrompt, kW));
    const std::vector<float> fai = Floats(dense::Fai(map, kPrompt, kHLo, kHHi));
    std::copy(waad.begin(), waad.end(), record.WaadOf(head).begin());
    std::copy(fai.begin(), fai.end(), record.FaiOf(head).begin());
    if (std::count(ranking.local.begin(), ranking.local.end(), head)) local.push_back(map);
    if (std::count(ranking.global.begin(), ranking.global.end(), head)) global.push_back(map);
  }

  const SetMeans means = MeansOverSets(record, ranking);
  const dense::Series waad = dense::Waad(dense::MeanOf(local), kPrompt, kW);
  const dense::Series fai = dense::Fai(dense::MeanOf(global), kPrompt, kHLo, kHHi);
  for (int t = 0; t < kTokens; ++t) {
    EXPECT_NEAR(means.waad[t], *waad[t], 1e-6 * (1 + *waad[t]));
    ASSERT_EQ(std::isnan(means.fai[t]), !fai[t].has_value()) << t;
    if (fai[t]) {
      EXPECT_NEAR(means.fai[t], *fai[t], 1e-6);
    }
  }
}

TEST(SetMeans, OfOneHeadAreItsOwnBits) {
  AttentionRecord record(2, 3);
  record.waad = {1.1f, 2.2f, 3.3f, 4, 5, 6};
  record.fai = {0.1f, 0.2f, 0.3f, 0.4f, AttentionRecord::kUndefined, AttentionRecord::kUndefined};
  const SetMeans means = MeansOverSets(record, {{0}, {1}});
  EXPECT_EQ(means.waad, (std::vector<float>{1.1f, 2.2f, 3.3f}));
  EXPECT_EQ(means.fai[0], 0.4f);
  EXPECT_TRUE(std::isnan(means.fai[1]) && std::isnan(means.fai[2]));
}

TEST(SetMeans, SumInDouble) {  // in fp32 the small one would be lost
  AttentionRecord record(3, 1);
  record.waad = {16777216.0f, 1.0f, 1.0f};
  record.fai = {0, 0, 0};
  EXPECT_EQ(MeansOverSets(record, {{0, 1, 2}, {0}}).waad[0], static_cast<float>(16777218.0 / 3));
}

}  // namespace
}  // namespace rubato
