#include "policy/model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

std::vector<ModelConfig> Shapes() {
  ModelConfig tied = TinyModelConfig();
  ModelConfig untied = tied;
  untied.tied_embeddings = false;
  ModelConfig other_family = tied;
  other_family.qkv_bias = true;
  other_family.qk_norm = false;
  return {tied, untied, other_family};
}

TEST(Model, UnpacksEveryWeightThatItPacked) {
  for (const ModelConfig& config : Shapes()) {
    const Slab slab = RandomSlab(config, 3);
    Model model(config);
    model.Repack(slab);
    EXPECT_TRUE(std::ranges::equal(model.Unpack().floats(), slab.floats()));
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
  for (const ModelConfig& config : Shapes()) {
    const Slab slab = RandomSlab(config, 3);
    Model model(config);
    model.Repack(slab);
    std::vector<float> row(static_cast<size_t>(config.hidden));
    model.Embed(33, row.data());
    const float* expected =
        slab.data() + model.layout().Find("model.embed_tokens.weight")->offset + 33 * config.hidden;
    EXPECT_TRUE(std::equal(row.begin(), row.end(), expected));
  }
}

}  // namespace
}  // namespace rubato
