// Small models and batches for tests of the learner.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "learner/packed_batch.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

inline ModelConfig TinyConfig() {
  ModelConfig config;
  config.architecture = "Qwen3ForCausalLM";
  config.layers = 2;
  config.hidden = 24;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 16;
  config.ffn = 40;
  config.vocab = 19;
  config.max_positions = 256;
  config.rope_theta = 1e4;
  config.rms_norm_eps = 1e-6f;
  config.tied_embeddings = true;
  config.qk_norm = true;
  return config;
}

// Weights of a size at which every part of the model matters.
inline Slab RandomWeights(const ModelConfig& config, int seed) {
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

// One sequence of each length; the second half of it is trained.
inline PackedBatch RandomBatch(const ModelConfig& config, const std::vector<int>& lengths, int seed,
                               float temperature = 1.0f) {
  std::mt19937 random(seed);
  PackedBatch batch;
  for (const int length : lengths) {
    std::vector<int32_t> tokens(length);
    std::vector<uint8_t> trained(length);
    for (int i = 0; i < length; ++i) {
      tokens[i] = static_cast<int32_t>(random() % config.vocab);
      trained[i] = i >= length / 2;
    }
    batch.Append(tokens, trained, temperature);
  }
  return batch;
}

}  // namespace rubato
