#include "learner/surrogate.h"

#include <cmath>

#include "gtest/gtest.h"

namespace rubato {
namespace {

constexpr double kEps = 0.2;

TEST(ClippedSurrogate, OnPolicyHasRatioOneAndTheGradientOfPolicyGradient) {
  const SurrogateTerm term = ClippedSurrogate(-1.5, -1.5, 2.0, kEps, 0.25);
  EXPECT_EQ(term.ratio, 1);
  EXPECT_EQ(term.loss, -0.5);
  EXPECT_EQ(term.gradient, -0.5);
  EXPECT_FALSE(term.clipped);
}

struct Case {
  double log_ratio, advantage;
  bool clipped;
};

class ClippedSurrogateTable : public testing::TestWithParam<Case> {};

// The trust region stops a token only on the side to which its advantage pushes.
INSTANTIATE_TEST_SUITE_P(All, ClippedSurrogateTable,
                         testing::Values(Case{0.5, 1, true}, Case{-0.5, 1, false}, Case{0.5, -1, false},
                                         Case{-0.5, -1, true}, Case{0.1, 1, false}, Case{-0.1, -1, false},
                                         Case{0.5, 0, false}));

TEST_P(ClippedSurrogateTable, ClipsOnTheSideOfTheAdvantageAndItsGradientIsTheSlopeOfItsLoss) {
  const auto [log_ratio, advantage, clipped] = GetParam();
  const auto at = [&](double logprob) { return ClippedSurrogate(logprob, -2.0, advantage, kEps, 0.5); };
  const double logprob = -2.0 + log_ratio;
  EXPECT_EQ(at(logprob).clipped, clipped);
  const double slope = (at(logprob + 1e-6).loss - at(logprob - 1e-6).loss) / 2e-6;
  EXPECT_NEAR(at(logprob).gradient, slope, 1e-6);
  if (clipped) {
    EXPECT_EQ(at(logprob).gradient, 0);
  }
}

}  // namespace
}  // namespace rubato
