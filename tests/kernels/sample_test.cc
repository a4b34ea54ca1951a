#include "kernels/sample.h"

#include "kernels/log_softmax_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

// The draw on every instruction set, which must agree.
int Draw(std::span<const float> logits, double uniform, float inverse_temperature = 1.0f) {
  return static_cast<int>(SameOnEveryIsa([&] {
    const int token =
        SampleToken(logits.data(), static_cast<int>(logits.size()), inverse_temperature, uniform).token;
    return std::vector<float>{static_cast<float>(token)};
  })[0]);
}

TEST(SampleToken, FollowsTheInverseDistributionFunction) {
  for (int vocab : {1, 2, 16, 28, 32, 100}) {
    const std::vector<float> logits = Normals(static_cast<unsigned>(vocab), static_cast<size_t>(vocab), 2.0f);
    for (int i = 0; i < 200; ++i) {
      const double uniform = (i + 0.5) / 200;
      EXPECT_EQ(Draw(logits, uniform, 1 / 0.7f), SampleTokenRef(ToDouble(logits), 0.7, uniform));
    }
  }
}

TEST(SampleToken, DrawsTheFirstAndTheLastTokenWithMassAtTheEnds) {
  const std::vector<float> logits = {-200.0f, 0.0f, 0.0f, -200.0f};  // the outer two have mass 0
  EXPECT_EQ(Draw(logits, 0.0), 1);
  EXPECT_EQ(Draw(logits, 0.499999), 1);
  EXPECT_EQ(Draw(logits, 0.5), 2);
  EXPECT_EQ(Draw(logits, std::nextafter(1.0, 0.0)), 2);
}

TEST(SampleToken, NeverDrawsATokenWithoutMass) {
  std::vector<float> logits(50, -300.0f);
  logits[7] = 1.0f;
  logits[33] = 1.0f;
  for (int i = 0; i < 100; ++i) {
    const int token = Draw(logits, i / 100.0);
    EXPECT_EQ(token, i < 50 ? 7 : 33);
  }
}

// The sum over a block, rounded to fp32, may exceed the sum over its tokens: then none passes the target.
TEST(SampleToken, DrawsTheLastTokenWithMassWhereRoundingLeavesNone) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::vector<float> logits = Normals(seed, 10, 3.0f);
    logits.resize(16, -300.0f);
    EXPECT_LT(Draw(logits, std::nextafter(1.0, 0.0)), 10);
  }
}

TEST(SampleToken, ScoresLikeScoreToken) {
  const std::vector<float> logits = Normals(5, 32);
  const SampledToken sampled = SampleToken(logits.data(), 28, 1.25f, 0.6);
  const TokenScore score = ScoreToken(logits.data(), 28, 1.25f, sampled.token);
  EXPECT_EQ(sampled.score.logprob, score.logprob);
  EXPECT_EQ(sampled.score.entropy, score.entropy);
}

}  // namespace
}  // namespace rubato
