#include "stats/sampled_layers.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

using Layers = std::vector<int>;

TEST(SampledLayers, AreThoseOfTheTableInC1) {
  EXPECT_EQ(SampledLayers(36), (Layers{12, 15, 18, 21, 24}));
  EXPECT_EQ(SampledLayers(32), (Layers{10, 13, 16, 18, 21}));
  EXPECT_EQ(SampledLayers(28), (Layers{9, 11, 13, 16, 18}));
  EXPECT_EQ(SampledLayers(8), (Layers{2, 3, 4, 5}));
  EXPECT_EQ(SampledLayers(6), (Layers{2, 3, 4}));
}

TEST(SampledLayers, OfVeryShallowModelsExist) {
  EXPECT_EQ(SampledLayers(1), (Layers{0}));
  EXPECT_EQ(SampledLayers(2), (Layers{0, 1}));
  EXPECT_EQ(SampledLayers(3), (Layers{1, 2}));
  EXPECT_TRUE(SampledLayers(0).empty());
  EXPECT_TRUE(SampledLayers(-1).empty());
}

TEST(SampledLayers, AscendWithinTheModelForEveryDepth) {
  for (int depth = 1; depth <= 200; ++depth) {
    const Layers layers = SampledLayers(depth);
    ASSERT_FALSE(layers.empty());
    ASSERT_LE(layers.size(), 5u);
    for (size_t i = 1; i < layers.size(); ++i) ASSERT_LT(layers[i - 1], layers[i]) << depth;
    ASSERT_GE(layers.front(), 0);
    ASSERT_LT(layers.back(), depth);
  }
}

}  // namespace
}  // namespace rubato
