#include "policy/unused_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "kernels/log_softmax.h"
#include "kernels/sample.h"

namespace rubato {
namespace {

// Ids 0, 1, 3 and 4.
Tokenizer TokenizerWithHoles() {
  return *Tokenizer::FromJson(R"({
      "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
      "decoder": {"type": "Fuse"},
      "pre_tokenizer": {"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated", "invert": false},
      "added_tokens": [{"id": 3, "content": "<end>", "single_word": false, "lstrip": false, "rstrip": false,
                        "normalized": false, "special": true}],
      "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "c": 4}, "unk_token": "a"}})");
}

std::vector<int> Contained(const UnusedIds& ids, int vocab) {
  std::vector<int> contained;
  for (int id = 0; id < vocab; ++id) {
    if (ids.Contains(id)) contained.push_back(id);
  }
  return contained;
}

TEST(UnusedIds, AreThoseBelowTheVocabularyThatTheTokenizerDoesNotHave) {
  EXPECT_THAT(Contained(*UnusedIds::Find(TokenizerWithHoles(), 10), 12),
              testing::ElementsAre(2, 5, 6, 7, 8, 9));
  EXPECT_EQ(UnusedIds::Find(TokenizerWithHoles(), 10)->count(), 6);
  EXPECT_THAT(Contained(*UnusedIds::Find(TokenizerWithHoles(), 3), 12), testing::ElementsAre(2));
  EXPECT_EQ(UnusedIds::Find(TokenizerWithHoles(), 2)->count(), 0);
}

TEST(UnusedIds, MustNotBeAll) {
  Tokenizer high = *Tokenizer::FromJson(R"({
      "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
      "decoder": null, "pre_tokenizer": null, "added_tokens": [],
      "model": {"type": "WordLevel", "vocab": {"a": 20}, "unk_token": "a"}})");
  const absl::StatusOr<UnusedIds> ids = UnusedIds::Find(high, 10);
  ASSERT_EQ(ids.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(ids.status().message()),
              testing::HasSubstr("no token for any id below \"vocab_size\", 10"));
}

TEST(UnusedIds, OfAFullTableMaskNothing) {
  std::vector<float> logits = {1, 2, 3};
  UnusedIds().Mask(logits.data());
  EXPECT_THAT(logits, testing::ElementsAre(1, 2, 3));
}

// Every third id, and the last seven, of a table that is no multiple of 16.
constexpr int kVocab = 53;
UnusedIds SomeIds() {
  std::vector<int32_t> ids;
  for (int id = 0; id < kVocab; ++id) {
    if (id % 3 == 1 || id >= kVocab - 7) ids.push_back(id);
  }
  return UnusedIds(ids);
}

std::vector<float> RandomLogits(const UnusedIds& unused, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 5);
  std::vector<float> logits(kVocab);
  for (int id = 0; id < kVocab; ++id) logits[id] = unused.Contains(id) ? 1e4f : normal(random);
  return logits;
}

TEST(UnusedIds, LeaveTheSoftmaxOverTheOthers) {
  const UnusedIds unused = SomeIds();
  for (const float temperature : {0.01f, 0.7f, 1.0f, 100.0f}) {
    std::vector<float> logits = RandomLogits(unused, 1);
    double most = -1e9, sum = 0, mass = 0, entropy = 0;
    for (int id = 0; id < kVocab; ++id) {
      if (!unused.Contains(id)) most = std::max(most, double{logits[id]} / temperature);
    }
    for (int id = 0; id < kVocab; ++id) {
      if (!unused.Contains(id)) sum += std::exp(logits[id] / double{temperature} - most);
    }
    std::vector<double> expected(kVocab);
    for (int id = 0; id < kVocab; ++id) {
      expected[id] = logits[id] / double{temperature} - most - std::log(sum);
      if (!unused.Contains(id)) entropy -= std::exp(expected[id]) * expected[id];
    }
    unused.Mask(logits.data());
    for (int id = 0; id < kVocab; ++id) {
      if (unused.Contains(id)) continue;
      const TokenScore score = ScoreToken(logits.data(), kVocab, 1 / temperature, id);
      EXPECT_NEAR(score.logprob, expected[id], 1e-5 * (1 + std::abs(expected[id]))) << temperature;
      EXPECT_NEAR(score.entropy, entropy, 1e-5 * (1 + entropy)) << temperature;
      mass += std::exp(double{score.logprob});
    }
    EXPECT_NEAR(mass, 1, 1e-4) << temperature;
  }
}

TEST(UnusedIds, AreNeverDrawn) {
  const UnusedIds unused = SomeIds();
  for (uint32_t draw = 0; draw < 1000; ++draw) {
    std::vector<float> logits = RandomLogits(unused, draw);
    unused.Mask(logits.data());
    const double uniform = draw == 0 ? 0 : draw == 1 ? std::nextafter(1.0, 0.0) : draw / 1000.0;
    EXPECT_FALSE(unused.Contains(SampleToken(logits.data(), kVocab, 1.0f, uniform).token)) << draw;
  }
}

TEST(UnusedIds, HaveNoGradient) {
  const UnusedIds unused = SomeIds();
  std::vector<float> logits = RandomLogits(unused, 1);
  unused.Mask(logits.data());
  const TokenScore score = ScoreToken(logits.data(), kVocab, 1.25f, 0);
  std::vector<float> gradient(kVocab);
  ScoreTokenBackward(logits.data(), kVocab, 1.25f, 0, score.lse, 1, gradient.data());
  double sum = 0;
  for (int id = 0; id < kVocab; ++id) {
    sum += gradient[id];
    if (!unused.Contains(id)) continue;
    EXPECT_EQ(gradient[id], 0) << id;
  }
  EXPECT_NEAR(sum, 0, 1e-5);
}

}  // namespace
}  // namespace rubato
