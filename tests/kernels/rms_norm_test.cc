#include "kernels/rms_norm.h"

#include "kernels/rms_norm_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr float kEps = 0.05f;  // large enough to be seen
constexpr int kRows = 3;

class RmsNormOf : public testing::TestWithParam<int> {
 protected:
  const int dim_ = GetParam();
  const size_t size_ = static_cast<size_t>(kRows * dim_);
  const std::vector<float> x_ = Normals(1, size_);
  const std::vector<float> weight_ = Normals(2, static_cast<size_t>(dim_));
};

TEST_P(RmsNormOf, MatchesTheReference) {
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(size_);
    RmsNorm(x_.data(), dim_, weight_.data(), kEps, kRows, dim_, y.data(), dim_);
    return y;
  });
  std::vector<double> expected(size_);
  for (int row = 0; row < kRows; ++row) {
    RmsNormRef(&ToDouble(x_)[static_cast<size_t>(row * dim_)], ToDouble(weight_).data(), kEps, dim_,
               &expected[static_cast<size_t>(row * dim_)]);
  }
  EXPECT_TRUE(AllClose(y, expected));
}

TEST_P(RmsNormOf, WorksInPlaceAndLeavesTheGapsBetweenRowsAlone) {
  std::vector<float> apart(size_);
  RmsNorm(x_.data(), dim_, weight_.data(), kEps, kRows, dim_, apart.data(), dim_);
  const int stride = dim_ + 3;
  std::vector<float> rows(static_cast<size_t>(kRows * stride), 7.0f);
  for (int i = 0; i < kRows * dim_; ++i)
    rows[static_cast<size_t>(i / dim_ * stride + i % dim_)] = x_[static_cast<size_t>(i)];
  RmsNorm(rows.data(), stride, weight_.data(), kEps, kRows, dim_, rows.data(), stride);
  for (int row = 0; row < kRows; ++row) {
    const auto at = [](int i) { return static_cast<size_t>(i); };
    EXPECT_TRUE(SameBits(std::span(rows).subspan(at(row * stride), at(dim_)),
                         std::span(apart).subspan(at(row * dim_), at(dim_))));
    for (int i = dim_; i < stride; ++i) EXPECT_EQ(rows[at(row * stride + i)], 7.0f);
  }
}

// Gradients against central differences of the reference.
TEST_P(RmsNormOf, HasTheGradientOfTheReference) {
  const std::vector<float> dy = Normals(3, size_);
  const std::vector<float> before = Normals(4, size_);  // dx and dweight are added to
  const std::vector<float> gradients = SameOnEveryIsa([&] {
    std::vector<float> dx = before;
    std::vector<float> dweight(static_cast<size_t>(dim_), 1.0f);
    RmsNormBackward(x_.data(), dim_, weight_.data(), kEps, dy.data(), dim_, kRows, dim_, dx.data(), dim_,
                    dweight.data());
    dx.insert(dx.end(), dweight.begin(), dweight.end());
    return dx;
  });

  std::vector<double> point = ToDouble(x_);
  const std::vector<double> weight = ToDouble(weight_);
  point.insert(point.end(), weight.begin(), weight.end());
  const auto loss = [&](const std::vector<double>& p) {
    double sum = 0;
    std::vector<double> y(static_cast<size_t>(dim_));
    for (size_t row = 0; row < kRows; ++row) {
      RmsNormRef(&p[row * y.size()], &p[size_], kEps, dim_, y.data());
      for (size_t i = 0; i < y.size(); ++i) sum += y[i] * dy[row * y.size() + i];
    }
    return sum;
  };
  std::vector<double> expected;
  for (size_t i = 0; i < point.size(); ++i) {
    std::vector<double> low = point, high = point;
    low[i] -= 1e-5;
    high[i] += 1e-5;
    expected.push_back((loss(high) - loss(low)) / 2e-5 + (i < size_ ? before[i] : 1.0));
  }
  EXPECT_TRUE(AllClose(gradients, expected, kGradientTolerance));
}

TEST(RmsNorm, OfZerosIsZero) {
  const std::vector<float> zeros(20), weight(20, 1.0f);
  std::vector<float> y(20, 1.0f);
  RmsNorm(zeros.data(), 20, weight.data(), 1e-6f, 1, 20, y.data(), 20);
  EXPECT_EQ(y, zeros);
}

INSTANTIATE_TEST_SUITE_P(Sizes, RmsNormOf, testing::Values(2, 15, 16, 17, 32, 96, 100));

}  // namespace
}  // namespace rubato
