#include "kernels/exp.h"

#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

// How many units in the last place of the correctly rounded result `actual` is off.
double UlpsOff(float actual, double exact) {
  const float rounded = static_cast<float>(exact);
  if (actual == rounded) return 0;
  const double ulp = std::nextafter(std::abs(rounded), INFINITY) - std::abs(rounded);
  return std::abs(actual - exact) / ulp;
}

std::vector<float> Range(float begin, float end, int count) {
  std::vector<float> x;
  for (int i = 0; i < count; ++i)
    x.push_back(begin + (end - begin) * static_cast<float>(i) / static_cast<float>(count));
  return x;
}

TEST(Exp, IsWithinOneUlp) {
  const std::vector<float> x = Range(-86.9f, 88.72f, 1000003);
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(x.size());
    Exp(x.data(), x.size(), y.data());
    return y;
  });
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, UlpsOff(y[i], std::exp(static_cast<double>(x[i]))));
  EXPECT_LE(worst, 1.0);
}

TEST(Exp, KeepsItsEdges) {
  const std::vector<float> x = {0.0f, -0.0f, -86.91f, -1e30f, -INFINITY, 88.73f, 1e30f, INFINITY, NAN};
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(x.size());
    Exp(x.data(), x.size(), y.data());
    return y;
  });
  EXPECT_EQ(y[0], 1.0f);
  EXPECT_EQ(y[1], 1.0f);
  for (size_t i : {2, 3, 4}) EXPECT_EQ(y[i], 0.0f);
  for (size_t i : {5, 6, 7}) EXPECT_EQ(y[i], INFINITY);
  EXPECT_TRUE(std::isnan(y[8]));
}

TEST(Log, IsWithinTwoUlps) {
  std::vector<float> x = Range(0.5f, 2.0f, 500001);
  for (float v : Range(-87.0f, 88.0f, 500001)) x.push_back(std::exp(v));
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(x.size());
    Log(x.data(), x.size(), y.data());
    return y;
  });
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, UlpsOff(y[i], std::log(static_cast<double>(x[i]))));
  EXPECT_LE(worst, 2.0);
}

TEST(Log, KeepsItsEdges) {
  const std::vector<float> x = {1.0f, 0.0f, -0.0f, 1e-40f, INFINITY, -1.0f, NAN};
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y(x.size());
    Log(x.data(), x.size(), y.data());
    return y;
  });
  EXPECT_EQ(y[0], 0.0f);
  for (size_t i : {1, 2, 3}) EXPECT_EQ(y[i], -INFINITY);
  EXPECT_EQ(y[4], INFINITY);
  EXPECT_TRUE(std::isnan(y[5]));
  EXPECT_TRUE(std::isnan(y[6]));
}

}  // namespace
}  // namespace rubato
