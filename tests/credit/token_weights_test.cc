// What all schemes share: reasons, roles, response lengths.

#include "credit/token_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stats/attention_record.h"

namespace rubato {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr Scheme kAll[] = {Scheme::kUniform, Scheme::kLocalChunk, Scheme::kGlobalAnchor, Scheme::kCoupled};
using Positions = std::vector<int>;

CreditSettings Of(Scheme scheme) {
  CreditSettings settings;
  settings.scheme = scheme;
  settings.h_lo = 3;
  settings.h_hi = 5;
  return settings;
}

// A response as it is measured under h_lo 3: FAI falls, WAAD zigzags ever wider.
ResponseView Response(int tokens, std::vector<TokenRole> roles = {}) {
  std::vector<float> waad, fai;
  for (int t = 0; t < tokens; ++t) {
    waad.push_back(t % 2 == 0 ? 0.0f : 0.1f * static_cast<float>(t));
    fai.push_back(FutureRowCount(t, tokens, 3, 5) > 0 ? 1.0f / static_cast<float>(t + 1) : kNan);
  }
  return MakeResponseView(waad, fai, roles);
}

TEST(ResponseView, DeltaIsTheStepToTheNextTokenAndUndefinedAtTheLast) {  // C7
  const ResponseView view = MakeResponseView(std::vector<float>{1, 4, 2}, std::vector<float>{0, 0, 0});
  EXPECT_EQ(view.delta[0], 3);
  EXPECT_EQ(view.delta[1], 2);
  EXPECT_TRUE(std::isnan(view.delta[2]));
}

TEST(ResponseView, DeltaIsTakenInDouble) {  // C7
  const std::vector<float> waad = {16777216.0f, 0.25f};
  EXPECT_EQ(MakeResponseView(waad, waad).delta[0], 16777215.75);
}

TEST(TokenWeights, UniformIs1AndWantsNothing) {  // C8
  const TokenWeights weights = WeighTokens(Of(Scheme::kUniform), Response(8), 1);
  EXPECT_EQ(weights.gamma, std::vector<double>(8, 1.0));
  EXPECT_EQ(weights.reasons, WeightReasons{});
}

TEST(TokenWeights, LocalChunkAmplifiesTheWidestTurns) {  // C9
  const TokenWeights weights = WeighTokens(Of(Scheme::kLocalChunk), Response(6), 1);
  EXPECT_EQ(weights.local, (Positions{2, 4}));  // of delta .1 .1 .3 .3 .5
}

TEST(TokenWeights, GlobalAnchorAmplifiesTheMostReadTokens) {  // C10
  const TokenWeights weights = WeighTokens(Of(Scheme::kGlobalAnchor), Response(8), 1);
  EXPECT_EQ(weights.global, (Positions{0, 1}));  // 0.4 of the 5 tokens with FAI
  EXPECT_EQ(weights.gamma, (std::vector<double>{1.5, 1.5, 1, 1, 1, 1, 1, 1}));
}

TEST(TokenWeights, TokensWithoutAScoreWeigh1AndAreCounted) {
  EXPECT_EQ(WeighTokens(Of(Scheme::kGlobalAnchor), Response(8), 1).reasons, (WeightReasons{.undefined = 3}));
  EXPECT_EQ(WeighTokens(Of(Scheme::kCoupled), Response(8), 1).reasons, (WeightReasons{.undefined = 3}));
  EXPECT_EQ(WeighTokens(Of(Scheme::kLocalChunk), Response(8), 1).reasons, (WeightReasons{.undefined = 1}));
}

TEST(TokenWeights, AResponseTooShortForAnyScoreSaysSo) {  // n of 1, 2 and h_lo
  for (int tokens : {1, 2, 3}) {
    for (Scheme scheme : {Scheme::kGlobalAnchor, Scheme::kCoupled}) {
      const TokenWeights weights = WeighTokens(Of(scheme), Response(tokens), 1);
      EXPECT_EQ(weights.gamma, std::vector<double>(tokens, 1.0));
      EXPECT_EQ(weights.reasons, (WeightReasons{.short_response = tokens}));
    }
  }
  EXPECT_EQ(WeighTokens(Of(Scheme::kLocalChunk), Response(1), 1).reasons,
            (WeightReasons{.short_response = 1}));
}

TEST(TokenWeights, OneDefinedScoreRanksNormally) {  // n of h_lo + 1
  const TokenWeights weights = WeighTokens(Of(Scheme::kGlobalAnchor), Response(4), 1);
  EXPECT_EQ(weights.gamma, (std::vector<double>{1.5, 1, 1, 1}));
  EXPECT_EQ(weights.reasons, (WeightReasons{.undefined = 3}));
}

TEST(TokenWeights, MaskedAndExcludedTokensLeaveTheRankingToTheOthers) {
  std::vector<TokenRole> roles(12, TokenRole::kTrained);
  roles[0] = TokenRole::kMasked;
  roles[1] = TokenRole::kExcluded;
  const TokenWeights weights = WeighTokens(Of(Scheme::kGlobalAnchor), Response(12, roles), 1);
  EXPECT_EQ(weights.global, (Positions{2, 3, 4}));  // 0.4 of 7, rounded
  EXPECT_EQ(weights.reasons, (WeightReasons{.masked = 1, .excluded = 1, .undefined = 3}));
}

TEST(TokenWeights, AFullyMaskedResponseWeighs1UnderEveryScheme) {
  for (Scheme scheme : kAll) {
    const TokenWeights weights =
        WeighTokens(Of(scheme), Response(9, std::vector<TokenRole>(9, TokenRole::kMasked)), 1);
    EXPECT_EQ(weights.gamma, std::vector<double>(9, 1.0));
    EXPECT_EQ(weights.reasons, (WeightReasons{.masked = 9}));
  }
}

TEST(TokenWeights, SignsSparesNegativeAdvantagesUnderEveryScheme) {
  for (Scheme scheme : kAll) {
    CreditSettings settings = Of(scheme);
    settings.signs = Signs::kNonneg;
    const TokenWeights weights = WeighTokens(settings, Response(9), -1);
    EXPECT_EQ(weights.gamma, std::vector<double>(9, 1.0));
    EXPECT_EQ(weights.reasons.negative_advantage + weights.reasons.undefined, 9);
  }
}

TEST(TokenWeights, AreAboveZeroAndNeverAboveTheWeightOfAnIntroThatIsAnAnchor) {
  for (Scheme scheme : kAll) {
    for (int tokens = 1; tokens < 60; ++tokens) {
      for (double gamma : WeighTokens(Of(scheme), Response(tokens), 1).gamma) {
        ASSERT_GE(gamma, 1);
        ASSERT_LE(gamma, 1.75);
      }
    }
  }
}

TEST(TokenWeights, ScalingTheScoresChangesNothing) {  // ranks and medians only
  const ResponseView view = Response(40);
  ResponseView scaled = view;
  for (double& value : scaled.waad) value *= 4;
  for (double& value : scaled.delta) value *= 4;
  for (double& value : scaled.fai) value /= 8;
  for (Scheme scheme : kAll) {
    EXPECT_EQ(WeighTokens(Of(scheme), view, 1).gamma, WeighTokens(Of(scheme), scaled, 1).gamma);
  }
}

TEST(TokenWeights, OfAnUnmeasuredResponseAre1AndSaySo) {
  EXPECT_EQ(WeighUnmeasured(Scheme::kCoupled, 4).gamma, std::vector<double>(4, 1.0));
  EXPECT_EQ(WeighUnmeasured(Scheme::kCoupled, 4).reasons, (WeightReasons{.unmeasured = 4}));
  EXPECT_EQ(WeighUnmeasured(Scheme::kUniform, 4).reasons, WeightReasons{});
}

}  // namespace
}  // namespace rubato
