#include "policy/score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/isa.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

class ScoreTest : public testing::Test {
 protected:
  ScoreTest() { model_.Repack(RandomSlab(config_, 11)); }

  TokenScores Score(int64_t first, float temperature, int chunk) {
    absl::StatusOr<TokenScores> scores = ScoreTokens(&decoder_, ids_, first, temperature, chunk);
    EXPECT_TRUE(scores.ok()) << scores.status();
    EXPECT_EQ(cache_.free_pages(), cache_.page_count());
    return *std::move(scores);
  }

  absl::StatusCode CodeOf(int64_t first, float temperature = 1) {
    return ScoreTokens(&decoder_, ids_, first, temperature).status().code();
  }

  const ModelConfig config_ = TinyModelConfig();
  std::vector<int32_t> ids_ = RandomIds(config_, 131, 7);
  Model model_{config_};
  KvCache cache_{config_, int64_t{4} << 20};
  Decoder decoder_{&model_, &cache_, 1};
};

TEST_F(ScoreTest, ChunksChangeNoBit) {
  const TokenScores expected = Score(5, 0.7f, 1);
  ASSERT_EQ(expected.logprobs.size(), 126u);
  for (const int chunk : {5, 64, 1000}) {
    const TokenScores scores = Score(5, 0.7f, chunk);
    EXPECT_EQ(scores.logprobs, expected.logprobs) << chunk;
    EXPECT_EQ(scores.entropies, expected.entropies) << chunk;
  }
}

TEST_F(ScoreTest, WhereScoringBeginsChangesNoBit) {
  const TokenScores all = Score(1, 1, 64);
  const TokenScores late = Score(100, 1, 64);
  ASSERT_EQ(late.logprobs.size(), 31u);
  EXPECT_TRUE(std::equal(late.logprobs.begin(), late.logprobs.end(), all.logprobs.begin() + 99));
}

TEST_F(ScoreTest, WhatFollowsChangesNoBit) {
  const TokenScores all = Score(1, 1, 64);
  ids_.resize(40);
  const TokenScores some = Score(1, 1, 64);
  EXPECT_TRUE(std::equal(some.logprobs.begin(), some.logprobs.end(), all.logprobs.begin()));
}

TEST_F(ScoreTest, ValuesAreLogProbabilitiesAndEntropies) {
  const TokenScores scores = Score(1, 1, 64);
  for (size_t i = 0; i < scores.logprobs.size(); ++i) {
    EXPECT_LE(scores.logprobs[i], 0);
    EXPECT_GE(scores.entropies[i], 0);
    EXPECT_LE(scores.entropies[i], std::log(37.0f) + 1e-5f);
  }
}

TEST_F(ScoreTest, NothingBehindThePromptGivesNothing) { EXPECT_TRUE(Score(131, 1, 64).logprobs.empty()); }

TEST_F(ScoreTest, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(CodeOf(0), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(132), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(1, 0), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(1, NAN), absl::StatusCode::kInvalidArgument);
  ids_.back() = -1;
  EXPECT_EQ(CodeOf(1), absl::StatusCode::kInvalidArgument);
  ids_.assign(600, 1);
  EXPECT_EQ(CodeOf(1), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(cache_.free_pages(), cache_.page_count());
}

}  // namespace
}  // namespace rubato
