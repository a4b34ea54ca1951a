// What all schemes share: reasons, roles, response lengths.

#include "credit/token_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stats/attention_record.h"

namespace rubato {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr Scheme kAll[] = {Scheme::kUniform, Scheme::kLocalChunk, Scheme::kGlobalAnchor,
                           Scheme::kCoupled, Scheme::kRandom,     Scheme::kEntropy};
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
  ResponseView view = MakeResponseView(waad, fai, roles);
  for (int t = 0; t < tokens; ++t) view.entropy.push_back(t % 3);
  return view;
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

TEST(TokenWeights, EntropyAmplifiesTheLeastSureTokens) {  // C15
  const TokenWeights weights = WeighTokens(Of(Scheme::kEntropy), Response(8), 1);
  EXPECT_EQ(weights.global, (Positions{1, 2, 5}));  // 0.4 of 8 tokens with 0 1 2 0 1 2 0 1 nats
  EXPECT_EQ(weights.gamma, (std::vector<double>{1, 1.5, 1.5, 1, 1, 1.5, 1, 1}));
}

TEST(TokenWeights, EntropyThatWasNotGivenIsUndefined) {  // C15
  ResponseView view = Response(8);
  view.entropy.clear();
  EXPECT_EQ(WeighTokens(Of(Scheme::kEntropy), view, 1).reasons, (WeightReasons{.short_response = 8}));
}

TEST(TokenWeights, RandomDrawsAsManyTokensAsAnchorsAndOnlyWhereFaiIsDefined) {  // C14
  for (int tokens = 4; tokens < 60; ++tokens) {
    const TokenWeights random = WeighTokens(Of(Scheme::kRandom), Response(tokens), 1);
    ASSERT_EQ(random.global.size(),
              WeighTokens(Of(Scheme::kGlobalAnchor), Response(tokens), 1).global.size());
    for (int t : random.global) ASSERT_LT(t, tokens - 3);
    for (size_t i = 1; i < random.global.size(); ++i) ASSERT_LT(random.global[i - 1], random.global[i]);
  }
}

TEST(TokenWeights, RandomDrawsAreAFunctionOfSeedGroupAndSample) {  // C14
  CreditSettings settings = Of(Scheme::kRandom);
  ResponseView view = Response(60);
  const Positions first = WeighTokens(settings, view, 1).global;
  EXPECT_EQ(WeighTokens(settings, view, 1).global, first);
  view.draw.sample = 1;
  EXPECT_NE(WeighTokens(settings, view, 1).global, first);
  view.draw = {.group_hash = uint64_t{1} << 40, .sample = 0};
  EXPECT_NE(WeighTokens(settings, view, 1).global, first);
  view.draw = {};
  settings.seed = 7;
  EXPECT_NE(WeighTokens(settings, view, 1).global, first);
}

TEST(TokenWeights, RandomDrawsEveryPositionEquallyOften) {  // C14: 20 of 50, 4,000 times; sigma is 31
  std::vector<int> drawn(50);
  ResponseView view = Response(53);
  for (view.draw.sample = 0; view.draw.sample < 4000; ++view.draw.sample) {
    for (int t : WeighTokens(Of(Scheme::kRandom), view, 1).global) ++drawn[t];
  }
  for (int count : drawn) EXPECT_NEAR(count, 1600, 5 * 31);
}

TEST(TokenWeights, BottomAmplifiesTheOtherEnd) {  // C16
  const auto bottom = [](Scheme scheme) {
    CreditSettings settings = Of(scheme);
    settings.end = RankEnd::kBottom;
    return WeighTokens(settings, Response(8), 1);
  };
  EXPECT_EQ(bottom(Scheme::kGlobalAnchor).global, (Positions{3, 4}));
  EXPECT_EQ(bottom(Scheme::kCoupled).global, (Positions{3, 4}));
  EXPECT_EQ(bottom(Scheme::kEntropy).global, (Positions{0, 3, 6}));
  EXPECT_EQ(bottom(Scheme::kLocalChunk).local, (Positions{0, 1, 2}));
}

TEST(TokenWeights, MeanOneDividesByTheMeanOverTrainedTokensLast) {
  std::vector<TokenRole> roles(8, TokenRole::kTrained);
  roles[2] = TokenRole::kMasked;
  roles[3] = TokenRole::kExcluded;
  for (Scheme scheme : kAll) {
    CreditSettings settings = Of(scheme);
    const std::vector<double> raw = WeighTokens(settings, Response(8, roles), 1).gamma;
    settings.normalize = Normalize::kMeanOne;
    const std::vector<double> gamma = WeighTokens(settings, Response(8, roles), 1).gamma;
    double raw_mean = 0, mean = 0;
    for (int t : {0, 1, 3, 4, 5, 6, 7}) raw_mean += raw[t] / 7, mean += gamma[t] / 7;
    EXPECT_NEAR(mean, 1, 1e-12);
    EXPECT_EQ(gamma[2], 1);
    for (int t : {0, 1, 3, 4, 5, 6, 7}) EXPECT_DOUBLE_EQ(gamma[t], raw[t] / raw_mean);
  }
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
