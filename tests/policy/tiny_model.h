#pragma once

// A small random model for tests of the policy and of what runs it.

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Odd sizes, grouped heads; tied unless said otherwise.
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

// Weights at which every part of the model matters.
inline Slab RandomSlab(const ModelConfig& config, uint32_t seed) {
  const SlabLayout layout(config);
  Slab slab(layout.size());
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (const SlabTensor& tensor : layout.tensors()) {
    const bool matrix = tensor.shape.size() == 2;
    const float scale = matrix ? 1 / std::sqrt(static_cast<float>(tensor.shape[1])) : 0.2f;
    for (int64_t i = 0; i < tensor.size; ++i) {
      slab.data()[tensor.offset + i] = scale * normal(random) + (matrix ? 0.0f : 1.0f);
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
