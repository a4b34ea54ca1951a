// Token weights (C7-C16) against the slow text of the formulas, on thousands of random responses.

#include "tests/credit/reference.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "credit/token_weights.h"
#include "stats/attention_record.h"

namespace rubato {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Drawn {
  std::vector<float> waad, fai, entropy;
  std::vector<TokenRole> roles;
};

// A response in one of several moods: smooth, on a coarse grid (many ties), or constant; of a length at the
// edges of the rules or any other; with or without tokens that are not trained.
class Drawer {
 public:
  explicit Drawer(uint32_t seed) : random_(seed) {}

  CreditSettings Settings() {
    CreditSettings settings;
    settings.h_lo = Below(12) + 1;
    settings.h_hi = settings.h_lo + Below(40);
    settings.k = Below(6) + 1;
    settings.q = Pick({0.4, 0.1, 0.25, 0.5, 0.75, 1.0, 1e-6, 1.0 / 3});
    settings.amp = Pick({1.5, 2.0, 1.0, 1.3});
    settings.alpha = Pick({0.5, 0.0, 1.0, 0.3});
    settings.end = Below(3) ? RankEnd::kTop : RankEnd::kBottom;
    settings.tau_waad = Line(10);
    settings.tau_delta = Line(4);
    return settings;
  }

  Drawn Response(const CreditSettings& settings) {
    const int edges[] = {1, 2, settings.h_lo, settings.h_lo + 1, settings.h_lo + 2};
    const int tokens = Below(2) ? edges[Below(5)] : 1 + Below(150);
    const double step = Pick({0.0, 0.25, 1.0, 20.0});
    Drawn drawn;
    for (int t = 0; t < tokens; ++t) {
      drawn.waad.push_back(static_cast<float>(Value(10, step)));
      const bool defined = FutureRowCount(t, tokens, settings.h_lo, settings.h_hi) > 0;
      drawn.fai.push_back(defined ? static_cast<float>(Value(1, step / 4)) : kNan);
      drawn.entropy.push_back(static_cast<float>(Value(3, step)));
    }
    if (Below(3) == 0) {
      for (int t = 0; t < tokens; ++t) {
        drawn.roles.push_back(Below(4)   ? TokenRole::kTrained
                              : Below(2) ? TokenRole::kMasked
                                         : TokenRole::kExcluded);
      }
    }
    return drawn;
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }
  double Pick(std::vector<double> choices) { return choices[Below(static_cast<int>(choices.size()))]; }
  Threshold Line(double max) {
    if (Below(2)) return Threshold{};
    if (Below(2)) return {.kind = Threshold::Kind::kValue, .x = Value(max, 0)};
    return {.kind = Threshold::Kind::kQuantile, .x = Pick({0.0, 0.1, 1.0 / 3, 0.5, 0.75, 1.0})};
  }
  // In 0..max; on multiples of `step` if it is not 0.
  double Value(double max, double step) {
    const double value = max * static_cast<double>(random_()) / std::mt19937::max();
    return step == 0 ? value : std::min(max, step * std::floor(value / step));
  }

  std::mt19937 random_;
};

reference::Series Defined(const std::vector<float>& values) {
  reference::Series series;
  for (float value : values) series.push_back(value == value ? std::optional<double>(value) : std::nullopt);
  return series;
}

reference::Response Translate(const Drawn& drawn) {
  reference::Response response{Defined(drawn.waad), Defined(drawn.fai), Defined(drawn.entropy), {}};
  for (size_t t = 0; t < drawn.roles.size(); ++t) {
    if (drawn.roles[t] != TokenRole::kTrained) response.barred.insert(static_cast<int>(t));
  }
  return response;
}

reference::Line Translate(const Threshold& threshold) {
  switch (threshold.kind) {
    case Threshold::Kind::kMedian:
      return {};
    case Threshold::Kind::kQuantile:
      return {reference::Line::kQuantile, threshold.x};
    case Threshold::Kind::kValue:
      return {reference::Line::kValue, threshold.x};
  }
  return {};
}

reference::Numbers Translate(const CreditSettings& settings) {
  return {settings.q,
          settings.amp,
          settings.alpha,
          settings.k,
          settings.end == RankEnd::kBottom,
          Translate(settings.tau_waad),
          Translate(settings.tau_delta)};
}

std::vector<int> List(const reference::Positions& positions) { return {positions.begin(), positions.end()}; }

using Reference = reference::Weights (*)(const reference::Response&, const reference::Numbers&);

void Compare(Scheme scheme, Reference truth, uint32_t seed) {
  Drawer drawer(seed);
  int dominated = 0, intros = 0;
  for (int trial = 0; trial < 5000; ++trial) {
    CreditSettings settings = drawer.Settings();
    settings.scheme = scheme;
    const Drawn drawn = drawer.Response(settings);
    ResponseView view = MakeResponseView(drawn.waad, drawn.fai, drawn.roles);
    view.entropy.assign(drawn.entropy.begin(), drawn.entropy.end());
    const TokenWeights weights = WeighTokens(settings, view, 1.0);
    const reference::Weights expected = truth(Translate(drawn), Translate(settings));
    ASSERT_EQ(weights.gamma, expected.gamma) << "trial " << trial;
    ASSERT_EQ(weights.local, List(expected.local)) << "trial " << trial;
    ASSERT_EQ(weights.global, List(expected.global)) << "trial " << trial;
    ASSERT_EQ(weights.dominated, List(expected.dominated)) << "trial " << trial;
    ASSERT_EQ(weights.intro, List(expected.intro)) << "trial " << trial;
    dominated += static_cast<int>(weights.dominated.size());
    intros += static_cast<int>(weights.intro.size());
  }
  if (scheme != Scheme::kCoupled) return;
  EXPECT_GT(intros, 5000) << "the trials hardly reach C12";
  EXPECT_GT(dominated, intros) << "no two anchors ever shared an intro";
}

TEST(Reference, UniformIsC8) { Compare(Scheme::kUniform, reference::Uniform, 8); }
TEST(Reference, LocalChunkIsC9) { Compare(Scheme::kLocalChunk, reference::LocalChunk, 9); }
TEST(Reference, GlobalAnchorIsC10) { Compare(Scheme::kGlobalAnchor, reference::GlobalAnchor, 10); }
TEST(Reference, CoupledIsC11ToC13) { Compare(Scheme::kCoupled, reference::Coupled, 13); }
TEST(Reference, EntropyIsC15) { Compare(Scheme::kEntropy, reference::Entropy, 15); }

}  // namespace
}  // namespace rubato
