#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "policy/score.h"
#include "policy/score_request.h"
#include "policy/slab.h"
#include "policy/torch_options.h"

namespace rubato {

// Scores tokens with LibTorch's products, in bf16 or fp32, on the CPU or a GPU.  In bf16 it rounds where
// `transformers` rounds: weights, residual stream and logits are bf16, norms and softmax fp32.  Unlike
// ScoreTokens it promises no bits: a result depends in its last digits on what else is in the call and on the
// machine; docs/numerics.md says by how much.
//
// Owns a copy of the weights in its own type.  One call at a time.  No LibTorch exception leaves it.  The
// library costs every process that links it 0.2 s and 110 MB, so programs that can do without do not link it.
class TorchScorer {
 public:
  // `weights` is laid out by SlabLayout(config) and may go away afterwards.  FAILED_PRECONDITION: a GPU is
  // asked for and this build or this machine has none.  RESOURCE_EXHAUSTED: no memory for the weights.
  static absl::StatusOr<TorchScorer> Make(const ModelConfig& config, const Slab& weights,
                                          const TorchOptions& options);
  TorchScorer(TorchScorer&&);
  TorchScorer& operator=(TorchScorer&&);
  ~TorchScorer();

  // Scores of every request, in order.  Requests are packed into passes of options.batch_tokens without
  // padding, so calls of many short sequences are cheaper than many calls.  Errors as of ScoreTokens:
  // INVALID_ARGUMENT for a request that cannot be scored (nothing is then), a temperature that is not
  // positive; RESOURCE_EXHAUSTED: no memory; INTERNAL: whatever else LibTorch says.
  absl::StatusOr<std::vector<TokenScores>> Score(std::span<const ScoreRequest> requests, float temperature);

 private:
  struct Parts;
  explicit TorchScorer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace rubato
