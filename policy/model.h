#pragma once

#include <cstdint>
#include <vector>

#include "kernels/packed_matrix.h"
#include "kernels/parallel.h"
#include "kernels/rope.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// One transformer layer in the form the kernels read.  Empty vectors: the model has none.
struct ModelLayer {
  std::vector<float> input_norm;
  PackedMatrix qkv;  // outputs: query heads, key heads, value heads
  std::vector<float> qkv_bias;
  std::vector<float> q_norm;
  std::vector<float> k_norm;
  PackedMatrix o;
  std::vector<float> o_bias;
  std::vector<float> post_norm;
  PackedMatrix gate_up;  // outputs: gate, then up
  std::vector<float> gate_up_bias;
  PackedMatrix down;
  std::vector<float> down_bias;
};

// A model ready to be run: the matrices of a slab packed into the panels that kernels/linear multiplies with,
// norms and biases, the RoPE table.
//
// It keeps copies: the slab may change or go away.  Repack after a change of the weights costs a pass over
// memory, and needs the model to itself; concurrent forward passes are safe.  Matrices are packed panel by
// panel on the threads of a pool, if one is given.
class Model {
 public:
  explicit Model(const ModelConfig& config);  // all weights zero

  // Takes the weights of `slab`, laid out by layout().
  void Repack(const Slab& slab, ThreadPool* pool = nullptr);

  // The reverse of Repack, read from the very memory that is multiplied with: a digest of the result proves
  // what is served.
  Slab Unpack(ThreadPool* pool = nullptr) const;

  // The embedding of `token`, 0 <= token < vocab, into out[hidden].
  void Embed(int32_t token, float* out) const;

  const ModelConfig& config() const { return config_; }
  const SlabLayout& layout() const { return layout_; }
  const std::vector<ModelLayer>& layers() const { return layers_; }
  const std::vector<float>& final_norm() const { return final_norm_; }
  const PackedMatrix& head() const { return head_; }
  const RopeTable& rope() const { return rope_; }

 private:
  const PackedMatrix& embedding() const { return config_.tied_embeddings ? head_ : embedding_; }

  ModelConfig config_;
  SlabLayout layout_;
  PackedMatrix embedding_;  // empty if tied
  std::vector<ModelLayer> layers_;
  std::vector<float> final_norm_;
  PackedMatrix head_;
  RopeTable rope_;
};

}  // namespace rubato
