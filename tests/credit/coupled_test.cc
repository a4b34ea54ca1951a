// C11-C13 on small responses built for one branch each.

#include <gtest/gtest.h>

#include "credit/token_weights.h"

namespace rubato {
namespace {

using Gamma = std::vector<double>;
using Positions = std::vector<int>;

// Ten tokens; `anchors` have the only FAI above 0, and q asks for exactly them.
struct Case {
  std::vector<float> waad;
  Positions anchors;
  int k = 3;
  std::vector<TokenRole> roles = {};
};

TokenWeights Weigh(const Case& c, double advantage = 1, Signs signs = Signs::kBoth) {
  std::vector<float> fai(c.waad.size(), 0.0f);
  for (int t : c.anchors) fai[t] = 0.5;
  CreditSettings settings;  // coupled, amp 1.5, alpha 0.5
  settings.signs = signs;
  settings.k = c.k;
  settings.q = static_cast<double>(c.anchors.size()) / static_cast<double>(fai.size());
  return WeighTokens(settings, MakeResponseView(c.waad, fai, c.roles), advantage);
}

// WAAD rises and falls by 2, with median 5 and a median delta of 2, but for what a case changes.
std::vector<float> Waves(std::vector<std::pair<int, float>> changes = {}) {
  std::vector<float> waad = {4, 6, 4, 6, 4, 6, 4, 6, 4, 6};
  for (const auto& [t, value] : changes) waad[t] = value;
  return waad;
}

TEST(Coupled, APlainTokenWeighs1AndAFreeAnchor1Point5) {  // C13; WAAD of the anchor is above the median
  const TokenWeights weights = Weigh({Waves(), {5}});
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1, 1, 1.5, 1, 1, 1, 1}));
  EXPECT_EQ(weights.global, (Positions{5}));
  EXPECT_TRUE(weights.dominated.empty());
  EXPECT_TRUE(weights.intro.empty());
}

TEST(Coupled, ADominatedAnchorWeighs1Point25AndSoDoesItsIntro) {  // C11, C12, C13
  const TokenWeights weights = Weigh({Waves({{5, 9}}), {6}});     // delta[5] = 5 is the largest before 6
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1, 1, 1.25, 1.25, 1, 1, 1}));
  EXPECT_EQ(weights.dominated, (Positions{6}));
  EXPECT_EQ(weights.intro, (Positions{5}));
}

TEST(Coupled, AnIntroThatIsAFreeAnchorWeighs1Point75) {  // C13
  const TokenWeights weights = Weigh({Waves({{5, 9}}), {5, 6}});
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1, 1, 1.75, 1.25, 1, 1, 1}));
}

TEST(Coupled, AnIntroThatIsAlsoDominatedWeighs1Point5) {  // C13
  // 4 is dominated by 3 (delta 3), and introduces 5 (delta 4); both are low.
  const TokenWeights weights = Weigh({Waves({{3, 7}, {4, 4}, {5, 0}}), {4, 5}});
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1.25, 1.5, 1.25, 1, 1, 1, 1}));
  EXPECT_EQ(weights.dominated, (Positions{4, 5}));
  EXPECT_EQ(weights.intro, (Positions{3, 4}));
}

TEST(Coupled, TwoAnchorsThatShareOneIntroCreditItOnce) {  // C12: I is a set
  const TokenWeights weights = Weigh({Waves({{3, 9}, {5, 4}}), {4, 5}});
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1.25, 1.25, 1.25, 1, 1, 1, 1}));
  EXPECT_EQ(weights.intro, (Positions{3}));
}

TEST(Coupled, AnAnchorIsFreeWhenNothingBeforeItTurnsAsMuchAsTheMedian) {  // C11: tau_delta
  // Flat before 6 (deltas 0), waves after: the median of delta is positive.
  const std::vector<float> waad = {4, 4, 4, 4, 4, 4, 4, 8, 4, 8, 4, 8, 4, 8, 4, 8, 4, 8};
  const TokenWeights weights = Weigh({waad, {4}});
  EXPECT_TRUE(weights.dominated.empty());
  EXPECT_EQ(weights.gamma[4], 1.5);
}

TEST(Coupled, EqualityWithBothThresholdsDominates) {  // C11: <= and >=
  const std::vector<float> constant(10, 5.0f);        // WAAD = its median, delta = its median = 0
  const TokenWeights weights = Weigh({constant, {6}});
  EXPECT_EQ(weights.dominated, (Positions{6}));
  EXPECT_EQ(weights.intro, (Positions{5}));  // all deltas tie: the nearest
}

TEST(Coupled, TiesOfDeltaGoToTheNearestToken) {        // C12
  const TokenWeights weights = Weigh({Waves(), {6}});  // delta is 2 everywhere
  EXPECT_EQ(weights.intro, (Positions{5}));
}

TEST(Coupled, TheWindowReachesKTokensBackAndNoFurther) {  // C11, C12
  const std::vector<float> waad = Waves({{3, 9}});        // delta[3] = 5
  EXPECT_EQ(Weigh({waad, {6}, 3}).intro, (Positions{3}));
  EXPECT_EQ(Weigh({waad, {6}, 2}).intro, (Positions{5}));
}

TEST(Coupled, TheFirstTokenHasNoWindowAndIsNeverDominated) {  // C11: an empty window
  const TokenWeights weights = Weigh({Waves(), {0}});
  EXPECT_TRUE(weights.dominated.empty());
  EXPECT_EQ(weights.gamma[0], 1.5);
}

TEST(Coupled, TheWindowEndsAtTheResponseStart) {  // an intro before the response start does not exist
  const TokenWeights weights = Weigh({Waves({{0, 9}, {1, 4}}), {1}});
  EXPECT_EQ(weights.dominated, (Positions{1}));
  EXPECT_EQ(weights.intro, (Positions{0}));
}

TEST(Coupled, AMaskedTokenIsNeverIntro) {  // 4 turns as much as 5, and is farther
  Case c{Waves({{5, 9}}), {6}};
  c.roles.assign(10, TokenRole::kTrained);
  c.roles[5] = TokenRole::kMasked;
  EXPECT_EQ(Weigh(c).intro, (Positions{4}));
}

TEST(Coupled, AnAnchorAmongMaskedTokensIsFree) {
  Case c{Waves({{5, 9}}), {6}};
  c.roles.assign(10, TokenRole::kMasked);
  c.roles[6] = TokenRole::kTrained;
  const TokenWeights weights = Weigh(c);
  EXPECT_EQ(weights.global, (Positions{6}));
  EXPECT_TRUE(weights.dominated.empty());
  EXPECT_EQ(weights.gamma, (Gamma{1, 1, 1, 1, 1, 1, 1.5, 1, 1, 1}));
  EXPECT_EQ(weights.reasons.masked, 9);
}

TEST(Coupled, NonnegWeighsNothingWhereTheAdvantageIsNegativeButReportsTheSets) {
  const Case c{Waves({{5, 9}}), {6}};
  const TokenWeights weights = Weigh(c, -0.5, Signs::kNonneg);
  EXPECT_EQ(weights.gamma, Gamma(10, 1.0));
  EXPECT_EQ(weights.dominated, (Positions{6}));
  EXPECT_EQ(weights.reasons.negative_advantage, 10);
  EXPECT_EQ(Weigh(c, 0, Signs::kNonneg).gamma[6], 1.25);
  EXPECT_EQ(Weigh(c, -0.5, Signs::kBoth).gamma[6], 1.25);
}

}  // namespace
}  // namespace rubato
