// The end of the model in training: final norm, head, log-prob and entropy of the targets, the loss and its
// gradient, in one pass over chunks of rows, so that logits are never stored for the whole batch.
//
// Owned by one TrainingPass; one thread at a time.
#pragma once

#include <vector>

#include "learner/float_buffer.h"
#include "learner/packed_batch.h"
#include "learner/token_loss.h"
#include "learner/training_weights.h"
#include "policy/unused_ids.h"

namespace rubato {

class HeadPass {
 public:
  // `unused_ids` are no part of the distribution: their logits have no gradient, and they must not be
  // targets.
  explicit HeadPass(const TrainingWeights* weights, UnusedIds unused_ids = {});

  // x [rows, hidden]: the stream after the last layer.  Writes d loss / d x to dx, 0 in rows without a
  // target, and adds to the final norm and the head in `gradient`, a slab of the model's layout.
  void Run(const PackedBatch& batch, const float* x, TokenLoss* loss, float* dx, float* gradient);

 private:
  struct Target {
    int row;
    int token;
    float inverse_temperature;
  };
  void ListTargets(const PackedBatch& batch);
  void Score(int first, int count, const float* x);
  void Backward(int first, int count, float* dx, float* gradient);

  const TrainingWeights& weights_;
  const int hidden_, vocab_;
  const int chunk_rows_;
  const UnusedIds unused_ids_;

  std::vector<Target> targets_;
  // Of the chunk at hand:
  std::vector<float> logprobs_, entropies_, lse_, d_logprobs_;
  FloatBuffer input_;     // [chunk, hidden] the rows of x that have a target
  FloatBuffer normed_;    // [chunk, hidden]
  FloatBuffer logits_;    // [chunk, vocab], then their gradient
  FloatBuffer d_normed_;  // [chunk, hidden]
  FloatBuffer d_input_;   // [chunk, hidden]
};

}  // namespace rubato
