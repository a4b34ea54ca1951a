// The weights of one version as training passes read them: matrices packed for kernels/linear, everything
// else in the slab.
//
// Many passes share one object and only read it; Take needs it alone.
#pragma once

#include <vector>

#include "kernels/packed_matrix.h"
#include "kernels/rope.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"
#include "policy/tensor_roles.h"

namespace rubato {

class TrainingWeights {
 public:
  struct Layer {
    PackedMatrix qkv;             // [query_width + 2 kv_width][hidden]
    std::vector<float> qkv_bias;  // as long, or empty
    PackedMatrix o;               // [hidden][query_width]
    PackedMatrix gate_up;         // [2 ffn][hidden]
    PackedMatrix down;            // [hidden][ffn]
  };

  explicit TrainingWeights(const ModelConfig& config);
  TrainingWeights(const TrainingWeights&) = delete;
  TrainingWeights& operator=(const TrainingWeights&) = delete;

  // Packs `slab`, laid out by layout(), and keeps pointing to it: it must stay as it is until the next Take.
  void Take(const Slab* slab);

  const ModelConfig& config() const { return config_; }
  const SlabLayout& layout() const { return layout_; }
  const TensorRoles& roles() const { return roles_; }
  const RopeTable& rope() const { return rope_; }
  const Layer& layer(int index) const { return layers_[index]; }
  const PackedMatrix& head() const { return head_; }

  // Where a tensor begins in the slab.
  const float* at(const SlabTensor* tensor) const { return slab_->data() + tensor->offset; }

 private:
  ModelConfig config_;
  SlabLayout layout_;
  TensorRoles roles_;
  RopeTable rope_;
  std::vector<Layer> layers_;
  PackedMatrix head_;
  const Slab* slab_ = nullptr;
};

}  // namespace rubato
