// The feed-forward half of a layer in training, x += down(silu(gate(norm(x))) * up(norm(x))), row by row: the
// forward pass by the kernels that decode uses, and the backward pass from what it kept.
//
// Owned by one TrainingPass; one thread at a time.
#pragma once

#include "learner/float_buffer.h"
#include "learner/training_weights.h"

namespace rubato {

// Memory that all layers of a pass use in turn.
struct FeedForwardScratch {
  FloatBuffer projected;  // [rows, hidden]
  FloatBuffer d_normed;   // [rows, hidden]
  FloatBuffer d_gated;    // [rows, ffn]
  FloatBuffer d_gate_up;  // [rows, 2 ffn]
};

class FeedForwardPass {
 public:
  FeedForwardPass(const TrainingWeights* weights, int layer);

  // x [rows, hidden], in place.
  void Forward(int rows, float* x, FeedForwardScratch* scratch);

  // dx [rows, hidden]: the derivative of the loss by the output comes in, by the input goes out.  Adds to the
  // layer's tensors in `gradient`, a slab of the model's layout.
  void Backward(int rows, float* dx, FeedForwardScratch* scratch, float* gradient);

 private:
  void DownBackward(int rows, const float* dx, float* d_gated, float* gradient);
  void GateUpBackward(int rows, const float* d_gate_up, float* d_normed, float* gradient);

  const TrainingWeights& weights_;
  const ModelLayer& layer_;
  const LayerTensors& tensors_;
  const int hidden_, ffn_;

  FloatBuffer input_;    // [rows, hidden]
  FloatBuffer normed_;   // [rows, hidden]
  FloatBuffer gate_up_;  // [rows, 2 ffn]
  FloatBuffer gated_;    // [rows, ffn]
};

}  // namespace rubato
