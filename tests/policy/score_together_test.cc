#include "policy/score_together.h"

#include <gtest/gtest.h>

#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

class ScoreTogetherTest : public testing::Test {
 protected:
  ScoreTogetherTest() {
    model_.Repack(RandomSlab(config_, 11));
    // Shorter and longer than a pass, in an order that mixes them; of one token, too.
    const size_t lengths[] = {3, 131, 1, 2, 64, 65, 66, 7, 200, 1};
    for (const size_t length : lengths) ids_.push_back(RandomIds(config_, length, length));
    for (const std::vector<int32_t>& ids : ids_) {
      requests_.push_back({ids, std::min<int64_t>(1 + ids.size() / 3, ids.size())});
    }
  }

  const ModelConfig config_ = TinyModelConfig();
  std::vector<std::vector<int32_t>> ids_;
  std::vector<ScoreRequest> requests_;
  Model model_{config_};
  KvCache cache_{config_, int64_t{4} << 20};
};

TEST_F(ScoreTogetherTest, GivesTheBitsOfOneByOne) {
  for (const int threads : {1, 2}) {
    Decoder decoder(&model_, &cache_, threads);
    for (const int chunk : {1, 5, 64, 10000}) {
      const auto scores = ScoreTogether(&decoder, requests_, 0.7f, chunk);
      ASSERT_TRUE(scores.ok()) << scores.status();
      ASSERT_EQ(scores->size(), requests_.size());
      for (size_t i = 0; i < requests_.size(); ++i) {
        const TokenScores alone = *ScoreTokens(&decoder, requests_[i].ids, requests_[i].first, 0.7f);
        EXPECT_EQ((*scores)[i].logprobs, alone.logprobs) << "request " << i << ", chunk " << chunk;
        EXPECT_EQ((*scores)[i].entropies, alone.entropies) << "request " << i << ", chunk " << chunk;
      }
      EXPECT_EQ(cache_.free_pages(), cache_.page_count());
    }
  }
}

TEST_F(ScoreTogetherTest, OfNothingIsNothing) {
  Decoder decoder(&model_, &cache_, 1);
  EXPECT_TRUE(ScoreTogether(&decoder, {}, 1)->empty());
}

TEST_F(ScoreTogetherTest, NeedsPagesOnlyForSequencesInProgress) {
  // Six pages: the longest sequence takes four, all together fifteen.
  KvCache small(config_, 6 * KvCache::PageBytes(config_));
  Decoder decoder(&model_, &small, 1);
  EXPECT_TRUE(ScoreTogether(&decoder, requests_, 1, 32).ok());
}

TEST_F(ScoreTogetherTest, ScoresNothingIfOneCannotBeScored) {
  Decoder decoder(&model_, &cache_, 1);
  requests_[4].first = 0;
  EXPECT_EQ(ScoreTogether(&decoder, requests_, 1).status().code(), absl::StatusCode::kInvalidArgument);
  requests_[4].first = 1;
  KvCache none(config_, KvCache::PageBytes(config_));
  Decoder starved(&model_, &none, 1);
  EXPECT_EQ(ScoreTogether(&starved, requests_, 1).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(none.free_pages(), none.page_count());
}

}  // namespace
}  // namespace rubato
