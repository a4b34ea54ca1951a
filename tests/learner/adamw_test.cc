#include "learner/adamw.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace rubato {
namespace {

std::vector<float> Normal(int n, int seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

// The formula of the header, in double, one element at a time.
struct Reference {
  double w, m = 0, v = 0;
  void Step(double g, double lr, double decay, const AdamWOptions& o, int t) {
    m = o.beta1 * m + (1 - o.beta1) * g;
    v = o.beta2 * v + (1 - o.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(o.beta1, t));
    const double v_hat = v / (1 - std::pow(o.beta2, t));
    w = w - lr * decay * w - lr * m_hat / (std::sqrt(v_hat) + o.eps);
  }
};

TEST(AdamW, FollowsTheFormulaAndDecaysOnlyTheGivenRanges) {
  const int n = 37;
  AdamWOptions options;
  options.weight_decay = 0.1;
  AdamW optimizer(options, n, {{3, 10}, {20, 21}});
  std::vector<float> weights = Normal(n, 1);
  std::vector<Reference> expected(weights.begin(), weights.end());
  for (int t = 1; t <= 20; ++t) {
    const std::vector<float> gradient = Normal(n, t + 1);
    optimizer.Apply(std::span<float>(weights), gradient, 0.5, 0.01);
    for (int i = 0; i < n; ++i) {
      const bool decayed = (i >= 3 && i < 10) || i == 20;
      expected[i].Step(0.5 * gradient[i], 0.01, decayed ? 0.1 : 0, options, t);
    }
  }
  for (int i = 0; i < n; ++i) EXPECT_NEAR(weights[i], expected[i].w, 2e-6) << i;
}

TEST(AdamW, GoesOnFromRestoredStateAsIfNeverInterrupted) {
  const int n = 100;
  std::vector<float> weights = Normal(n, 1);
  AdamW first({}, n, {{0, n}});
  first.Apply(std::span<float>(weights), Normal(n, 2), 1, 0.01);
  std::vector<float> resumed_weights = weights;
  AdamWState saved = {first.state().updates, Slab(n), Slab(n)};
  std::ranges::copy(first.state().first_moment.floats(), saved.first_moment.data());
  std::ranges::copy(first.state().second_moment.floats(), saved.second_moment.data());
  AdamW resumed({}, n, {{0, n}});
  resumed.Restore(std::move(saved));

  first.Apply(std::span<float>(weights), Normal(n, 3), 1, 0.01);
  resumed.Apply(std::span<float>(resumed_weights), Normal(n, 3), 1, 0.01);
  EXPECT_EQ(weights, resumed_weights);
}

TEST(GradientNorm, IsTheEuclideanLength) {
  std::vector<float> gradient(10001, 2.0f);
  EXPECT_DOUBLE_EQ(GradientNorm(gradient), 2 * std::sqrt(10001.0));
  EXPECT_EQ(GradientNorm({}), 0);
}

TEST(GradientNorm, OfAGradientWithANonFiniteElementIsNotFinite) {
  std::vector<float> gradient(5000, 1.0f);
  gradient[4500] = std::nanf("");
  EXPECT_FALSE(std::isfinite(GradientNorm(gradient)));
}

TEST(ClipScale, ShortensLongGradientsOnly) {
  EXPECT_DOUBLE_EQ(ClipScale(4, 1), 0.25);
  EXPECT_DOUBLE_EQ(ClipScale(0.5, 1), 1);
  EXPECT_DOUBLE_EQ(ClipScale(4, 0), 1);
}

}  // namespace
}  // namespace rubato
