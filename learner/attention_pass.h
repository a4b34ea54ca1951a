// The attention half of a layer in training, x += o(attention(rope(norm(qkv(norm(x)))))), over packed
// sequences: the forward pass by the kernels that decode uses, and the backward pass from what it kept.
//
// Owned by one TrainingPass; one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention.h"
#include "learner/float_buffer.h"
#include "learner/packed_batch.h"
#include "learner/training_weights.h"

namespace rubato {

// Memory that all layers of a pass use in turn.
struct AttentionScratch {
  FloatBuffer tiles;          // keys and values of one layer as kernels/attention reads them
  std::vector<float*> pages;  // of every sequence in turn
  std::vector<AttentionRow> rows;
  FloatBuffer output;       // [rows, hidden]
  FloatBuffer d_normed;     // [rows, hidden]
  FloatBuffer d_attended;   // [rows, query]
  FloatBuffer d_rotated;    // [rows, query + 2 kv]
  FloatBuffer d_projected;  // the same
};

class AttentionPass {
 public:
  AttentionPass(const TrainingWeights* weights, int layer);

  // x [rows, hidden], in place.
  void Forward(const PackedBatch& batch, float* x, AttentionScratch* scratch);

  // dx [rows, hidden]: the derivative of the loss by the output comes in, by the input goes out.  Adds to the
  // layer's tensors in `gradient`, a slab of the model's layout.
  void Backward(const PackedBatch& batch, float* dx, AttentionScratch* scratch, float* gradient);

 private:
  void NormAndRotate(const PackedBatch& batch);
  void Attend(const PackedBatch& batch, AttentionScratch* scratch);
  void AttendBackward(const PackedBatch& batch, AttentionScratch* scratch);
  const float* NormAndRotateBackward(const PackedBatch& batch, AttentionScratch* scratch, float* gradient);
  void ProjectBackward(int rows, const float* d_projected, float* d_normed, float* gradient);

  const TrainingWeights& weights_;
  const ModelLayer& layer_;
  const LayerTensors& tensors_;
  const AttentionShape shape_;
  const int hidden_, query_, kv_, qkv_;

  FloatBuffer input_;      // [rows, hidden]
  FloatBuffer normed_;     // [rows, hidden]
  FloatBuffer projected_;  // [rows, query + 2 kv]: q, k, v of each row side by side
  FloatBuffer rotated_;    // the same, q and k after norm and RoPE
  FloatBuffer attended_;   // [rows, query]
  FloatBuffer lse_;        // [rows, heads]
};

}  // namespace rubato
