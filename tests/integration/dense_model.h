// A whole forward pass of a Qwen3-shaped model in double, from the formulas: one position after the other,
// one sum after the other, every attention map kept.  Slow on purpose; of the product it knows how a model
// directory lies in memory (policy/model_directory.h) and nothing that computes.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/model_directory.h"
#include "tests/stats/dense_maps.h"

namespace rubato::dense {

struct Pass {
  std::vector<std::vector<Map>> attention;    // [layer][query head]
  std::vector<std::vector<double>> logprobs;  // [position][vocab]: log softmax(logits / T) of the next token
};

// `ids` are within the vocabulary, `temperature` is positive.  The model has QK-norm, no biases and a tied
// head, as Qwen3 of that size does.
Pass Forward(const ModelDirectory& model, std::span<const int32_t> ids, double temperature);

}  // namespace rubato::dense
