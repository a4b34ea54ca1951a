#include "kernels/swiglu.h"

#include "kernels/swiglu_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr int kRows = 3;

class SwigluOf : public testing::TestWithParam<int> {
 protected:
  const int dim_ = GetParam();
  const int stride_ = 2 * dim_;
  const std::vector<float> gate_up_ = Normals(1, static_cast<size_t>(kRows* stride_), 3.0f);
  const float* const gate_ = gate_up_.data();
  const float* const up_ = gate_up_.data() + dim_;
};

TEST_P(SwigluOf, MatchesTheReferenceOnTheHalvesOfOneProduct) {
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(static_cast<size_t>(kRows * dim_));
    Swiglu(gate_, up_, stride_, kRows, dim_, y.data(), dim_);
    return y;
  });
  std::vector<double> expected;
  for (int row = 0; row < kRows; ++row) {
    for (int i = 0; i < dim_; ++i)
      expected.push_back(SwigluRef(gate_[row * stride_ + i], up_[row * stride_ + i]));
  }
  EXPECT_TRUE(AllClose(y, expected));
}

TEST_P(SwigluOf, HasTheGradientOfTheReference) {
  const std::vector<float> dy = Normals(2, static_cast<size_t>(kRows * dim_));
  const std::vector<float> gradient = SameOnEveryIsa([&] {
    std::vector<float> d(gate_up_.size());
    SwigluBackward(gate_, up_, stride_, dy.data(), dim_, kRows, dim_, d.data(), d.data() + dim_, stride_);
    return d;
  });
  std::vector<double> expected(gate_up_.size());
  const double h = 1e-5;
  for (int row = 0; row < kRows; ++row) {
    for (int i = 0; i < dim_; ++i) {
      const double g = gate_[row * stride_ + i];
      const double u = up_[row * stride_ + i];
      const double d = dy[static_cast<size_t>(row * dim_ + i)];
      expected[static_cast<size_t>(row * stride_ + i)] =
          d * (SwigluRef(g + h, u) - SwigluRef(g - h, u)) / (2 * h);
      expected[static_cast<size_t>(row * stride_ + dim_ + i)] = d * SwigluRef(g, 1);
    }
  }
  EXPECT_TRUE(AllClose(gradient, expected, kGradientTolerance));
}

INSTANTIATE_TEST_SUITE_P(Sizes, SwigluOf, testing::Values(1, 15, 16, 17, 96, 256));

TEST(Swiglu, StaysFiniteForLargeGates) {
  const std::vector<float> gate = {-200.0f, -90.0f, 90.0f, 200.0f};
  const std::vector<float> up = {1.0f, 1.0f, 1.0f, 1.0f};
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(4);
    Swiglu(gate.data(), up.data(), 4, 1, 4, y.data(), 4);
    return y;
  });
  EXPECT_TRUE(AllClose(y, std::vector<double>{0, 0, 90, 200}));
}

}  // namespace
}  // namespace rubato
