// One forward and backward pass of the whole model over a packed micro-batch.
//
// The forward pass calls the kernels that decode calls, in the same order, so a log-prob here has the bits it
// had in the rollout (architecture.md section 8).  The backward pass is written out layer by layer: no graph,
// no dispatch, and for given inputs the same bits every time.
//
// Owns its activations, which grow to the largest batch.  One thread at a time; passes that share weights may
// run side by side.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "learner/attention_pass.h"
#include "learner/feed_forward_pass.h"
#include "learner/head_pass.h"
#include "learner/packed_batch.h"
#include "learner/token_loss.h"
#include "learner/training_weights.h"
#include "policy/unused_ids.h"

namespace rubato {

class TrainingPass {
 public:
  // `weights` must outlive the pass and have taken a slab before Run.  `unused_ids`: see HeadPass.
  explicit TrainingPass(const TrainingWeights* weights, UnusedIds unused_ids = {});
  TrainingPass(const TrainingPass&) = delete;
  TrainingPass& operator=(const TrainingPass&) = delete;

  // Adds d loss / d weights to `gradient`, a slab of the weights' layout.  The batch must fit the model
  // (CheckFits).
  void Run(const PackedBatch& batch, TokenLoss* loss, Slab* gradient);

 private:
  struct Layer {
    AttentionPass attention;
    FeedForwardPass feed_forward;
  };

  const TrainingWeights& weights_;
  std::vector<Layer> layers_;
  HeadPass head_;
  AttentionScratch attention_scratch_;
  FeedForwardScratch feed_forward_scratch_;
  FloatBuffer x_;   // [rows, hidden]
  FloatBuffer dx_;  // [rows, hidden]
};

// INVALID_ARGUMENT, naming the token or length, if a token is outside the vocabulary or a sequence is longer
// than the model's positions.
absl::Status CheckFits(const PackedBatch& batch, const ModelConfig& config);

}  // namespace rubato
