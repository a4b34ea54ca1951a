// The peer of training_bench: the same model in LibTorch, as a PyTorch program would train it: padded
// batches, scaled_dot_product_attention, autograd, fused AdamW.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policy/model_config.h"
#include "policy/slab.h"

namespace rubato {

class TrainingPeer {
 public:
  TrainingPeer(const ModelConfig& config, const Slab& weights, int threads);
  ~TrainingPeer();

  // One update on the mean negative log-likelihood of every next token; sequences are padded to the longest.
  // Returns the loss before the update.
  double Step(const std::vector<std::vector<int32_t>>& sequences, double lr);

 private:
  struct Tensors;
  std::unique_ptr<Tensors> tensors_;
};

}  // namespace rubato
