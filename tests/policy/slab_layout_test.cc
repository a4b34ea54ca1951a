#include "policy/slab_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "policy/slab.h"
#include "policy/tensor_roles.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

TEST(SlabLayout, SortsNamesBytewiseAndLeavesNoGaps) {
  ModelConfig config = TinyModelConfig();
  config.layers = 11;
  const SlabLayout layout(config);
  int64_t at = 0;
  for (const SlabTensor& tensor : layout.tensors()) {
    EXPECT_EQ(tensor.offset, at) << tensor.name;
    at += tensor.size;
  }
  EXPECT_EQ(layout.size(), at);
  EXPECT_TRUE(std::ranges::is_sorted(layout.tensors(), {}, &SlabTensor::name));
  EXPECT_LT(layout.Find("model.layers.10.mlp.up_proj.weight")->offset,
            layout.Find("model.layers.2.mlp.up_proj.weight")->offset);
}

TEST(SlabLayout, HoldsATiedHeadOnce) {
  ModelConfig config = TinyModelConfig();
  EXPECT_EQ(SlabLayout(config).Find("lm_head.weight"), nullptr);
  const int64_t tied_size = SlabLayout(config).size();
  config.tied_embeddings = false;
  const SlabLayout untied(config);
  ASSERT_NE(untied.Find("lm_head.weight"), nullptr);
  EXPECT_EQ(untied.size(), tied_size + config.vocab * config.hidden);
}

TEST(SlabLayout, CountsTheParametersOfTheExampleModel) {
  ModelConfig config = TinyModelConfig();
  config.layers = 6;
  config.hidden = 96;
  config.head_dim = 32;
  config.ffn = 256;
  config.vocab = 32;
  EXPECT_EQ(SlabLayout(config).size(), 668'256);
}

std::string AttentionTensors(const ModelConfig& config) {
  const SlabLayout layout(config);
  std::string names;
  for (const SlabTensor& tensor : layout.tensors()) {
    const std::string prefix = "model.layers.0.self_attn.";
    if (tensor.name.starts_with(prefix)) names += tensor.name.substr(prefix.size()) + " ";
  }
  return names;
}

// The names that transformers saves.
TEST(SlabLayout, NamesTheTensorsOfEachFamily) {
  ModelConfig config = TinyModelConfig();
  EXPECT_EQ(AttentionTensors(config),
            "k_norm.weight k_proj.weight o_proj.weight q_norm.weight q_proj.weight v_proj.weight ");
  config.qk_norm = false;  // Llama
  EXPECT_EQ(AttentionTensors(config), "k_proj.weight o_proj.weight q_proj.weight v_proj.weight ");
  config.qkv_bias = true;  // Qwen2
  EXPECT_EQ(AttentionTensors(config),
            "k_proj.bias k_proj.weight o_proj.weight q_proj.bias q_proj.weight "
            "v_proj.bias v_proj.weight ");
  config.o_bias = true;  // Llama with attention_bias
  EXPECT_EQ(AttentionTensors(config),
            "k_proj.bias k_proj.weight o_proj.bias o_proj.weight q_proj.bias "
            "q_proj.weight v_proj.bias v_proj.weight ");
}

TEST(SlabLayout, HoldsTheBiasesOfTheFeedForwardLayer) {
  ModelConfig config = TinyModelConfig();
  EXPECT_EQ(SlabLayout(config).Find("model.layers.0.mlp.up_proj.bias"), nullptr);
  config.mlp_bias = true;
  const SlabLayout layout(config);
  for (const char* name : {"gate_proj", "up_proj", "down_proj"}) {
    const SlabTensor* bias = layout.Find(std::string("model.layers.1.mlp.") + name + ".bias");
    ASSERT_NE(bias, nullptr) << name;
    EXPECT_EQ(bias->size, name == std::string("down_proj") ? config.hidden : config.ffn);
  }
}

TEST(SlabLayout, FindsNothingUnderAnUnknownName) {
  EXPECT_EQ(SlabLayout(TinyModelConfig()).Find("model.layers.3.mlp.up_proj.weight"), nullptr);
}

TEST(TensorRoles, NameEveryTensorOfTheLayoutOnce) {
  ModelConfig config = TinyModelConfig();
  config.qkv_bias = config.o_bias = config.mlp_bias = true;
  config.tied_embeddings = false;
  const SlabLayout layout(config);
  const TensorRoles roles(config, layout);
  int64_t size = roles.embedding->size + roles.final_norm->size + roles.head->size;
  for (const LayerTensors& layer : roles.layers) {
    for (const SlabTensor* tensor :
         {layer.input_norm, layer.q, layer.k, layer.v, layer.q_bias, layer.k_bias, layer.v_bias, layer.q_norm,
          layer.k_norm, layer.o, layer.o_bias, layer.post_norm, layer.gate, layer.up, layer.down,
          layer.gate_bias, layer.up_bias, layer.down_bias}) {
      ASSERT_NE(tensor, nullptr);
      size += tensor->size;
    }
  }
  EXPECT_EQ(size, layout.size());
}

TEST(TensorRoles, LeaveOutWhatTheModelLacks) {
  ModelConfig config = TinyModelConfig();
  config.qk_norm = false;
  const SlabLayout layout(config);
  const TensorRoles roles(config, layout);
  EXPECT_EQ(roles.layers[0].q_norm, nullptr);
  EXPECT_EQ(roles.layers[0].q_bias, nullptr);
  EXPECT_EQ(roles.head, roles.embedding);
}

TEST(Slab, IsAlignedZeroedAndClonedByValue) {
  Slab slab(1001);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(slab.data()) % 64, 0u);
  EXPECT_TRUE(std::ranges::all_of(slab.floats(), [](float value) { return value == 0; }));
  slab.data()[1000] = 3;
  Slab copy = slab.Clone();
  slab.data()[1000] = 4;
  EXPECT_EQ(copy.data()[1000], 3);
  EXPECT_EQ(copy.bytes().size(), 4004u);
}

}  // namespace
}  // namespace rubato
