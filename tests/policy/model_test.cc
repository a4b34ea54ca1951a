#include "policy/model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

TEST(Model, UnpacksEveryWeightThatItPacked) {
  ThreadPool two(2);
  for (const auto& [name, config] : TinyModels()) {
    const Slab slab = RandomSlab(config, 3);
    for (ThreadPool* pool : {static_cast<ThreadPool*>(nullptr), &two}) {
      Model model(config);
      model.Repack(slab, pool);
      EXPECT_TRUE(std::ranges::equal(model.Unpack(pool).floats(), slab.floats())) << name;
    }
  }
}

TEST(Model, ForgetsTheWeightsBefore) {
  const ModelConfig config = TinyModelConfig();
  Model model(config);
  model.Repack(RandomSlab(config, 1));
  const Slab second = RandomSlab(config, 2);
  model.Repack(second);
  EXPECT_TRUE(std::ranges::equal(model.Unpack().floats(), second.floats()));
}

TEST(Model, EmbedsWithTheRowOfTheToken) {
  for (const auto& [name, config] : TinyModels()) {
    const Slab slab = RandomSlab(config, 3);
    Model model(config);
    model.Repack(slab);
    std::vector<float> row(static_cast<size_t>(config.hidden));
    model.Embed(33, row.data());
    const float* expected =
        slab.data() + model.layout().Find("model.embed_tokens.weight")->offset + 33 * config.hidden;
    EXPECT_TRUE(std::equal(row.begin(), row.end(), expected)) << name;
  }
}

}  // namespace
}  // namespace rubato
