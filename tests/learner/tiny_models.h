// Small models and batches for tests of the learner.
#pragma once

#include <vector>

#include "learner/packed_batch.h"
#include "policy/model_config.h"
#include "tests/policy/tiny_model.h"

namespace rubato {

// Smaller than TinyModelConfig(): fp64 autograd runs on it.
inline ModelConfig TinyConfig() {
  ModelConfig config = TinyModelConfig();
  config.layers = 2;
  config.hidden = 24;
  config.ffn = 40;
  config.vocab = 19;
  config.max_positions = 256;
  return config;
}

// Random tokens, one sequence of each length.
inline std::vector<std::vector<int32_t>> RandomSequences(const ModelConfig& config,
                                                         const std::vector<int>& lengths, uint32_t seed) {
  std::vector<std::vector<int32_t>> sequences;
  for (const int length : lengths) sequences.push_back(RandomIds(config, length, seed++));
  return sequences;
}

// The same sequences packed; the second half of each is trained.
inline PackedBatch RandomBatch(const ModelConfig& config, const std::vector<int>& lengths, uint32_t seed,
                               float temperature = 1.0f) {
  PackedBatch batch;
  for (const std::vector<int32_t>& tokens : RandomSequences(config, lengths, seed)) {
    std::vector<uint8_t> trained(tokens.size());
    for (size_t i = tokens.size() / 2; i < tokens.size(); ++i) trained[i] = 1;
    batch.Append(tokens, trained, temperature);
  }
  return batch;
}

}  // namespace rubato
