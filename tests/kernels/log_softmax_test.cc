#include "kernels/log_softmax.h"

#include "kernels/log_softmax_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr int kVocabularies[] = {1, 2, 15, 16, 17, 28, 32, 1000};

std::vector<float> Pack(const TokenScore& score) { return {score.logprob, score.entropy, score.lse}; }

TEST(ScoreToken, MatchesTheReference) {
  for (int vocab : kVocabularies) {
    for (float temperature : {0.5f, 1.0f, 1.7f}) {
      const std::vector<float> logits =
          Normals(static_cast<unsigned>(vocab), static_cast<size_t>(vocab), 4.0f);
      for (int token : {0, vocab / 2, vocab - 1}) {
        const std::vector<float> score =
            SameOnEveryIsa([&] { return Pack(ScoreToken(logits.data(), vocab, 1 / temperature, token)); });
        const TokenScoreRef ref = ScoreTokenRef(ToDouble(logits), temperature, token);
        EXPECT_TRUE(AllClose(score, std::vector<double>{ref.logprob, ref.entropy, ref.lse}));
      }
    }
  }
}

TEST(ScoreToken, DoesNotSeeThePaddingOfTheVocabulary) {
  std::vector<float> logits = Normals(1, 32);
  const std::vector<float> before = Pack(ScoreToken(logits.data(), 28, 1.0f, 3));
  for (size_t i = 28; i < 32; ++i) logits[i] = 1e9f;
  EXPECT_TRUE(SameBits(SameOnEveryIsa([&] { return Pack(ScoreToken(logits.data(), 28, 1.0f, 3)); }), before));
}

TEST(ScoreToken, KeepsExtremeLogitsFinite) {
  const std::vector<float> logits = {1e30f, -1e30f, 0.0f, 1e30f};
  const std::vector<float> score =
      SameOnEveryIsa([&] { return Pack(ScoreToken(logits.data(), 4, 1.0f, 0)); });
  EXPECT_FLOAT_EQ(score[0], -std::log(2.0f));
  EXPECT_FLOAT_EQ(score[1], std::log(2.0f));
}

TEST(ScoreToken, OfTheOnlyTokenIsCertain) {
  const float logit = 3.0f;
  EXPECT_EQ(ScoreToken(&logit, 1, 1.0f, 0).logprob, 0.0f);
  EXPECT_EQ(ScoreToken(&logit, 1, 1.0f, 0).entropy, 0.0f);
}

TEST(ScoreTokenBackward, IsTheGradientOfTheLogProb) {
  const double temperature = 0.8;
  for (int vocab : kVocabularies) {
    const std::vector<float> logits = Normals(static_cast<unsigned>(vocab), static_cast<size_t>(vocab), 2.0f);
    const int token = vocab / 3;
    const std::vector<float> gradient = SameOnEveryIsa([&] {
      std::vector<float> d = logits;  // in place
      const float inverse = static_cast<float>(1 / temperature);
      const float lse = ScoreToken(logits.data(), vocab, inverse, token).lse;
      ScoreTokenBackward(d.data(), vocab, inverse, token, lse, 1.5f, d.data());
      return d;
    });
    std::vector<double> expected;
    for (size_t i = 0; i < logits.size(); ++i) {
      std::vector<double> low = ToDouble(logits), high = low;
      low[i] -= 1e-5;
      high[i] += 1e-5;
      expected.push_back(
          -1.5 *
          (ScoreTokenRef(high, temperature, token).logprob - ScoreTokenRef(low, temperature, token).logprob) /
          2e-5);
    }
    EXPECT_TRUE(AllClose(gradient, expected)) << vocab;
  }
}

}  // namespace
}  // namespace rubato
