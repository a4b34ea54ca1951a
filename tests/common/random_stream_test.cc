#include "common/random_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace rubato {
namespace {

TEST(RandomStream, IsAFunctionOfSeedAndPurpose) {
  EXPECT_EQ(RandomStream(1, "a").Next(), RandomStream(1, "a").Next());
  EXPECT_NE(RandomStream(1, "a").Next(), RandomStream(1, "b").Next());
  EXPECT_NE(RandomStream(1, "a").Next(), RandomStream(2, "a").Next());
}

TEST(RandomStream, GoesOnInACopyWhereTheOriginalWas) {
  RandomStream stream(1, "a");
  const uint64_t first = stream.Next();
  RandomStream copy = stream;
  EXPECT_NE(copy.Next(), first);
  stream.Next();
  EXPECT_EQ(copy.Next(), stream.Next());
}

TEST(RandomStream, ShufflesIntoAPermutationThatNeverChanges) {
  std::vector<int> values(10);
  std::iota(values.begin(), values.end(), 0);
  RandomStream(7, "order").Shuffle(&values);
  std::vector<int> again(10);
  std::iota(again.begin(), again.end(), 0);
  EXPECT_NE(values, again);
  RandomStream(7, "order").Shuffle(&again);
  EXPECT_EQ(values, again);
  std::sort(again.begin(), again.end());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(again[i], i);
}

// 5 sigma: sqrt(1/12 / n) and 1 / sqrt(n) are the standard errors.
TEST(RandomStream, HasTheMomentsOfItsDistributions) {
  constexpr int kDraws = 20000;
  RandomStream stream(3, "moments");
  double uniform = 0, normal = 0, square = 0;
  for (int i = 0; i < kDraws; ++i) {
    uniform += stream.Uniform();
    const double z = stream.Normal();
    normal += z;
    square += z * z;
  }
  EXPECT_NEAR(uniform / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(normal / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(square / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
}

TEST(RandomStream, ShufflesNothingWithoutDrawing) {
  std::vector<int> none, one = {1};
  RandomStream stream(1, "x");
  stream.Shuffle(&none);
  stream.Shuffle(&one);
  EXPECT_EQ(stream.Next(), RandomStream(1, "x").Next());
}

}  // namespace
}  // namespace rubato
