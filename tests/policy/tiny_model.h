#pragma once

// Small random models of every family, for tests of the policy and of what runs it.

#include <cmath>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Qwen3: norms of queries and keys.  Odd sizes, grouped heads; tied unless said otherwise.
inline ModelConfig TinyModelConfig() {
  ModelConfig config;
  config.architecture = "Qwen3ForCausalLM";
  config.layers = 3;
  config.hidden = 36;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 16;
  config.ffn = 52;
  config.vocab = 37;
  config.max_positions = 512;
  config.rope.theta = 1e4;
  config.rms_norm_eps = 1e-6f;
  config.tied_embeddings = true;
  config.qk_norm = true;
  config.end_token_ids = {2};
  return config;
}

// Qwen2: biases of q, k and v, no norms of them; heads fill the stream exactly.
inline ModelConfig TinyQwen2Config() {
  ModelConfig config = TinyModelConfig();
  config.architecture = "Qwen2ForCausalLM";
  config.qk_norm = false;
  config.qkv_bias = true;
  config.head_dim = 9 * 2;
  config.hidden = 4 * config.head_dim;
  return config;
}

inline RopeConfig Llama3Rope() {
  RopeConfig rope;
  rope.kind = RopeKind::kLlama3;
  rope.theta = 5e5;
  rope.factor = 8;
  rope.original_max_positions = 64;
  return rope;
}

inline RopeConfig YarnRope() {
  RopeConfig rope;
  rope.kind = RopeKind::kYarn;
  rope.factor = 4;
  rope.original_max_positions = 128;
  rope.attention_factor = 1.1386;
  return rope;
}

// Llama 3: none of the two; positions scaled.
inline ModelConfig TinyLlamaConfig() {
  ModelConfig config = TinyModelConfig();
  config.architecture = "LlamaForCausalLM";
  config.qk_norm = false;
  config.tied_embeddings = false;
  config.head_dim = 12;
  config.rope = Llama3Rope();
  return config;
}

// A model by the name that a test's title needs: letters and digits.
struct NamedModel {
  std::string name;
  ModelConfig config;
};
inline void PrintTo(const NamedModel& model, std::ostream* out) { *out << model.name; }

// All families, and in some of them what the others leave out: every RoPE kind, every bias, heads of 2 to 40
// that are no multiple of 16, 1 to 8 query heads per KV head, sizes that are odd or prime, tied and not.
inline std::vector<NamedModel> TinyModels() {
  std::vector<NamedModel> models = {
      {"Qwen3", TinyModelConfig()}, {"Qwen2", TinyQwen2Config()}, {"Llama", TinyLlamaConfig()}};
  const auto add = [&](const char* name, ModelConfig config) -> ModelConfig& {
    models.push_back({name, std::move(config)});
    return models.back().config;
  };

  ModelConfig& biased = add("LlamaWithAllBiasesAndYarn", TinyLlamaConfig());
  biased.qkv_bias = biased.o_bias = biased.mlp_bias = true;
  biased.rope = YarnRope();
  biased.head_dim = 20;
  biased.ffn = 53;

  ModelConfig& prime = add("Qwen3OfPrimeSizesWithLinearRope", TinyModelConfig());
  prime.layers = 2;
  prime.hidden = 31;
  prime.heads = prime.kv_heads = 3;
  prime.head_dim = 2;
  prime.ffn = 47;
  prime.vocab = 101;
  prime.rope.kind = RopeKind::kLinear;
  prime.rope.factor = 2.5;

  ModelConfig& shared = add("Qwen2WithEightHeadsOnOneKvHead", TinyQwen2Config());
  shared.layers = 2;
  shared.heads = 8;
  shared.kv_heads = 1;
  shared.head_dim = 40;
  shared.hidden = 45;
  shared.tied_embeddings = false;

  ModelConfig& wide = add("Qwen3WithBiasesAndYarn", TinyModelConfig());
  wide.layers = 2;
  wide.heads = 6;
  wide.head_dim = 36;
  wide.qkv_bias = wide.o_bias = true;
  wide.rope = YarnRope();
  wide.rope.truncate = false;
  return models;
}

// Weights at which every part of the model matters.
inline Slab RandomSlab(const ModelConfig& config, uint32_t seed) {
  const SlabLayout layout(config);
  Slab slab(layout.size());
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (const SlabTensor& tensor : layout.tensors()) {
    const bool matrix = tensor.shape.size() == 2;
    const bool norm = !matrix && tensor.name.find("norm") != std::string::npos;
    const float scale = matrix ? 1 / std::sqrt(static_cast<float>(tensor.shape[1])) : 0.2f;
    for (int64_t i = 0; i < tensor.size; ++i) {
      slab.data()[tensor.offset + i] = scale * normal(random) + (norm ? 1.0f : 0.0f);
    }
  }
  return slab;
}

inline std::vector<int32_t> RandomIds(const ModelConfig& config, size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int32_t> ids(count);
  for (int32_t& id : ids) id = static_cast<int32_t>(random() % static_cast<uint32_t>(config.vocab));
  return ids;
}

}  // namespace rubato
