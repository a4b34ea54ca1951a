#include "credit/batch_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "common/random_stream.h"

namespace rubato {
namespace {

using Ranks = std::vector<uint32_t>;
using Tokens = std::vector<uint64_t>;

TEST(BatchShare, GivesTheLongestFirstToTheLeastLoaded) {
  EXPECT_EQ(ShareByTokens(Tokens{3, 9, 4, 4}, 2), (Ranks{1, 0, 1, 1})) << "9 against 4 + 4 + 3";
  EXPECT_EQ(ShareByTokens(Tokens{5, 5, 5, 5}, 2), (Ranks{0, 1, 0, 1}));
  EXPECT_EQ(ShareByTokens(Tokens{7, 1, 2}, 1), (Ranks{0, 0, 0}));
}

TEST(BatchShare, LeavesRanksEmptyWhenThereAreTooFewSamples) {
  EXPECT_EQ(ShareByTokens(Tokens{}, 4), Ranks{});
  EXPECT_EQ(ShareByTokens(Tokens{8}, 4), Ranks{0});
}

TEST(BatchShare, IsWithinOneSampleOfEven) {
  for (int seed = 0; seed < 50; ++seed) {
    RandomStream random(seed, "batch share");
    Tokens tokens(1 + random.Below(200));
    for (uint64_t& count : tokens) count = 1 + random.Below(300);
    const uint32_t world = 1 + static_cast<uint32_t>(random.Below(8));
    std::vector<uint64_t> load(world, 0);
    const Ranks rank_of = ShareByTokens(tokens, world);
    for (size_t i = 0; i < tokens.size(); ++i) load[rank_of[i]] += tokens[i];
    const auto [least, most] = std::minmax_element(load.begin(), load.end());
    EXPECT_LE(*most - *least, *std::max_element(tokens.begin(), tokens.end()));
  }
}

}  // namespace
}  // namespace rubato
