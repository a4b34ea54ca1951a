#include "policy/torch_score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

using testing::HasSubstr;

// Differences between two ways to score, over log-probs and entropies.
struct Difference {
  double mean = 0, max = 0;
};

Difference Compare(const std::vector<TokenScores>& a, const std::vector<TokenScores>& b) {
  Difference difference;
  int64_t count = 0;
  const auto add = [&](const std::vector<float>& x, const std::vector<float>& y) {
    ASSERT_EQ(x.size(), y.size());
    for (size_t i = 0; i < x.size(); ++i) {
      const double d = std::abs(static_cast<double>(x[i]) - y[i]);
      difference.max = d <= difference.max ? difference.max : d;  // a NaN stays
      difference.mean += d;
      ++count;
    }
  };
  EXPECT_EQ(a.size(), b.size());
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    add(a[i].logprobs, b[i].logprobs);
    add(a[i].entropies, b[i].entropies);
  }
  difference.mean /= static_cast<double>(std::max<int64_t>(count, 1));
  return difference;
}

// The tolerances by type, in nats.  fp32 products differ from ours by the order of their sums; bf16 keeps 8
// bits of every activation.
constexpr Difference kF32 = {.mean = 2e-6, .max = 2e-5};
constexpr Difference kBf16 = {.mean = 3e-2, .max = 0.3};

std::vector<std::vector<int32_t>> SomeSequences(const ModelConfig& config) {
  std::vector<std::vector<int32_t>> sequences;
  uint32_t seed = 3;
  for (const size_t length : {131, 2, 64, 65, 7, 33}) sequences.push_back(RandomIds(config, length, seed++));
  return sequences;
}

std::vector<ScoreRequest> RequestsOf(const std::vector<std::vector<int32_t>>& sequences) {
  std::vector<ScoreRequest> requests;
  for (const std::vector<int32_t>& ids : sequences) {
    requests.push_back({.ids = ids, .first = std::min<int64_t>(3, static_cast<int64_t>(ids.size()) - 1)});
  }
  return requests;
}

TorchScorer MakeScorer(const ModelConfig& config, const TorchOptions& options) {
  absl::StatusOr<TorchScorer> scorer = TorchScorer::Make(config, RandomSlab(config, 11), options);
  EXPECT_TRUE(scorer.ok()) << scorer.status();
  return *std::move(scorer);
}

std::vector<TokenScores> Score(TorchScorer* scorer, std::span<const ScoreRequest> requests,
                               float temperature) {
  absl::StatusOr<std::vector<TokenScores>> scores = scorer->Score(requests, temperature);
  EXPECT_TRUE(scores.ok()) << scores.status();
  return *std::move(scores);
}

std::vector<TokenScores> OurScores(const ModelConfig& config, std::span<const ScoreRequest> requests,
                                   float temperature) {
  Model model(config);
  model.Repack(RandomSlab(config, 11));
  KvCache cache(config, int64_t{16} << 20);
  Decoder decoder(&model, &cache, 1);
  std::vector<TokenScores> results;
  for (const ScoreRequest& request : requests) {
    absl::StatusOr<TokenScores> scores = ScoreTokens(&decoder, request.ids, request.first, temperature);
    EXPECT_TRUE(scores.ok()) << scores.status();
    results.push_back(*std::move(scores));
  }
  return results;
}

class EveryTinyModel : public testing::TestWithParam<NamedModel> {};
INSTANTIATE_TEST_SUITE_P(Of, EveryTinyModel, testing::ValuesIn(TinyModels()),
                         [](const auto& info) { return info.param.name; });

TEST_P(EveryTinyModel, ScoresAsOurKernelsDo) {
  const ModelConfig& config = GetParam().config;
  const std::vector<std::vector<int32_t>> sequences = SomeSequences(config);
  const std::vector<ScoreRequest> requests = RequestsOf(sequences);
  const std::vector<TokenScores> expected = OurScores(config, requests, 0.7f);
  for (const TorchType type : {TorchType::kF32, TorchType::kBf16}) {
    TorchScorer scorer = MakeScorer(config, {.type = type});
    const Difference difference = Compare(Score(&scorer, requests, 0.7f), expected);
    const Difference& bound = type == TorchType::kF32 ? kF32 : kBf16;
    const std::string name = type == TorchType::kF32 ? "f32" : "bf16";
    EXPECT_LT(difference.mean, bound.mean) << name;
    EXPECT_LT(difference.max, bound.max) << name;
    RecordProperty(name + "_mean", std::to_string(difference.mean));
    RecordProperty(name + "_max", std::to_string(difference.max));
  }
}

TEST_P(EveryTinyModel, GivesASequenceTheSameAloneAndPacked) {
  const ModelConfig& config = GetParam().config;
  const std::vector<std::vector<int32_t>> sequences = SomeSequences(config);
  const std::vector<ScoreRequest> requests = RequestsOf(sequences);
  for (const TorchType type : {TorchType::kF32, TorchType::kBf16}) {
    TorchScorer scorer = MakeScorer(config, {.type = type});
    const std::vector<TokenScores> packed = Score(&scorer, requests, 1);
    std::vector<TokenScores> alone;
    for (const ScoreRequest& request : requests) {
      alone.push_back(Score(&scorer, std::span(&request, 1), 1)[0]);
    }
    const Difference difference = Compare(alone, packed);
    const Difference& bound = type == TorchType::kF32 ? kF32 : kBf16;
    EXPECT_LT(difference.mean, bound.mean);
    EXPECT_LT(difference.max, bound.max);
  }
}

class TorchScoreTest : public testing::Test {
 protected:
  absl::Status ErrorOf(const std::vector<ScoreRequest>& requests, float temperature = 1) {
    return MakeScorer(config_, {}).Score(requests, temperature).status();
  }

  ModelConfig config_ = TinyModelConfig();
  std::vector<std::vector<int32_t>> sequences_ = SomeSequences(config_);
  std::vector<ScoreRequest> requests_ = RequestsOf(sequences_);
};

TEST_F(TorchScoreTest, SmallPassesAndChunksOfLogitsGiveTheSame) {
  TorchScorer scorer = MakeScorer(config_, {.type = TorchType::kF32});
  const std::vector<TokenScores> expected = Score(&scorer, requests_, 1);
  for (const int64_t logits_bytes : {1, 37 * 4 * 5}) {
    TorchScorer small =
        MakeScorer(config_, {.type = TorchType::kF32, .batch_tokens = 70, .logits_bytes = logits_bytes});
    const Difference difference = Compare(Score(&small, requests_, 1), expected);
    EXPECT_LT(difference.max, kF32.max) << logits_bytes;
  }
}

TEST_F(TorchScoreTest, ValuesBelongToOneDistribution) {
  // All continuations of one prefix: their probabilities sum to one, and give the entropy.
  std::vector<std::vector<int32_t>> continuations;
  for (int32_t id = 0; id < config_.vocab; ++id) {
    continuations.push_back(sequences_[4]);
    continuations.back().push_back(id);
  }
  std::vector<ScoreRequest> requests;
  for (const std::vector<int32_t>& ids : continuations) {
    requests.push_back({.ids = ids, .first = static_cast<int64_t>(ids.size()) - 1});
  }
  TorchScorer scorer = MakeScorer(config_, {.type = TorchType::kF32});
  double sum = 0, entropy = 0;
  const std::vector<TokenScores> scores = Score(&scorer, requests, 1.3f);
  for (const TokenScores& score : scores) {
    sum += std::exp(score.logprobs[0]);
    entropy -= std::exp(score.logprobs[0]) * score.logprobs[0];
  }
  EXPECT_NEAR(sum, 1, 1e-5);
  EXPECT_NEAR(scores[0].entropies[0], entropy, 1e-5);
}

TEST_F(TorchScoreTest, NothingToScoreIsNoError) {
  TorchScorer scorer = MakeScorer(config_, {});
  EXPECT_TRUE(Score(&scorer, {}, 1).empty());
  const std::vector<int32_t> one = {5};
  const ScoreRequest empty = {.ids = one, .first = 1};
  const std::vector<ScoreRequest> requests = {empty, requests_[2], empty};
  const std::vector<TokenScores> scores = Score(&scorer, requests, 1);
  EXPECT_TRUE(scores[0].logprobs.empty() && scores[2].entropies.empty());
  EXPECT_EQ(scores[1].logprobs.size(), 61u);
}

TEST_F(TorchScoreTest, RefusesWhatCannotBeScored) {
  const auto message = [](const absl::Status& status) { return std::string(status.message()); };
  EXPECT_THAT(message(ErrorOf({{.ids = sequences_[0], .first = 0}})), HasSubstr("number 0"));
  EXPECT_THAT(message(ErrorOf({requests_[1], {.ids = sequences_[2], .first = 65}})), HasSubstr("number 65"));
  EXPECT_THAT(message(ErrorOf(requests_, 0)), HasSubstr("temperature is 0"));
  EXPECT_EQ(ErrorOf(requests_, NAN).code(), absl::StatusCode::kInvalidArgument);
  sequences_[5][1] = 37;
  EXPECT_THAT(message(ErrorOf(requests_)), HasSubstr("token id 37"));
  const std::vector<int32_t> longest(514, 1);
  EXPECT_THAT(message(ErrorOf({{.ids = longest, .first = 1}})), HasSubstr("513 tokens"));
  EXPECT_TRUE(ErrorOf({{.ids = std::span(longest).first(513), .first = 1}}).ok());
}

TEST_F(TorchScoreTest, SaysThatThereIsNoGpu) {
  const absl::StatusOr<TorchScorer> scorer =
      TorchScorer::Make(config_, RandomSlab(config_, 11), {.device = TorchDevice::kCuda});
  if (scorer.ok()) GTEST_SKIP() << "there is a GPU";
  EXPECT_EQ(scorer.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(scorer.status().message()), HasSubstr("no GPU"));
}

}  // namespace
}  // namespace rubato
