#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/torch_options.h"

namespace at {
class Tensor;
}

namespace rubato {

// The policy over LibTorch's products: what policy/decoder.h computes over ours.  It rounds where the eager
// pass of `transformers` does: each product, each sum with the residual stream and each step of a norm and a
// rotation ends in the type of the weights; inside a norm and a softmax it is fp32.
//
// Owns its weights, on its device.  One call at a time.  Everything may throw what LibTorch throws: calls
// stand inside GuardTorch (policy/torch_guard.h).
class TorchForward {
 public:
  TorchForward(const ModelConfig& config, const Slab& weights, const TorchOptions& options);
  ~TorchForward();

  // Runs sequences that stand one behind another without padding: sequence i is tokens[starts[i] ..
  // starts[i + 1]), at positions from 0 on, and sees only itself.  Memory is linear in the tokens.  Returns
  // what the head reads, [tokens, hidden], after the last norm.  Ids are below vocab, no sequence is empty.
  at::Tensor Run(std::span<const int32_t> tokens, std::span<const int64_t> starts);

  // [vocab, hidden]: the matrix that turns a row of Run into logits.
  const at::Tensor& head() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rubato
