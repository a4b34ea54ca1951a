#include "learner/gradient_engine.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "gtest/gtest.h"
#include "tests/learner/tiny_models.h"
#include "tests/learner/weighted_sum.h"

namespace rubato {
namespace {

// Micro-batches of one sequence each.
Slab GradientOf(const std::vector<int>& lengths, int threads) {
  const ModelConfig config = TinyConfig();
  const Slab slab = RandomSlab(config, 1);
  std::vector<MicroBatch> micro_batches;
  for (size_t i = 0; i < lengths.size(); ++i) {
    MicroBatch& micro_batch = micro_batches.emplace_back();
    micro_batch.batch = RandomBatch(config, {lengths[i]}, static_cast<int>(i));
    micro_batch.loss = std::make_unique<WeightedSum>(Coefficients(micro_batch.batch.target_count()));
  }
  GradientEngine engine(config, threads);
  engine.SetWeights(&slab);
  Slab gradient(slab.size());
  gradient.data()[0] = 7;  // what was there before does not count
  engine.Run(micro_batches, &gradient);
  return gradient;
}

TEST(GradientEngine, GivesTheSameBitsOnAnyNumberOfThreads) {
  const std::vector<int> lengths = {30, 7, 50, 66, 3};
  const Slab one = GradientOf(lengths, 1);
  for (const int threads : {2, 3, 8}) {
    EXPECT_TRUE(std::ranges::equal(one.floats(), GradientOf(lengths, threads).floats())) << threads;
  }
}

TEST(GradientEngine, AddsUpTheMicroBatches) {
  const ModelConfig config = TinyConfig();
  const Slab slab = RandomSlab(config, 1);
  const Slab sum = GradientOf({30, 7}, 1);
  const Slab first = GradientOf({30}, 1);
  // The second micro-batch alone, under the seed it had as the second.
  std::vector<MicroBatch> second(1);
  second[0].batch = RandomBatch(config, {7}, 1);
  second[0].loss = std::make_unique<WeightedSum>(Coefficients(second[0].batch.target_count()));
  GradientEngine engine(config, 1);
  engine.SetWeights(&slab);
  Slab gradient(slab.size());
  engine.Run(second, &gradient);
  for (int64_t i = 0; i < sum.size(); ++i) {
    ASSERT_EQ(sum.data()[i], first.data()[i] + gradient.data()[i]) << i;
  }
}

TEST(GradientEngine, OfNothingIsZero) {
  const Slab gradient = GradientOf({}, 2);
  EXPECT_TRUE(std::ranges::all_of(gradient.floats(), [](float value) { return value == 0; }));
}

}  // namespace
}  // namespace rubato
