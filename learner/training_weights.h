// The weights of one version as training passes read them: the forward pass multiplies with the packed panels
// of policy/model.h, the backward pass with the slab itself.
//
// Many passes share one object and only read it; Take needs it alone.
#pragma once

#include <vector>

#include "policy/model.h"
#include "policy/slab.h"
#include "policy/tensor_roles.h"

namespace rubato {

class TrainingWeights {
 public:
  explicit TrainingWeights(const ModelConfig& config);
  TrainingWeights(const TrainingWeights&) = delete;
  TrainingWeights& operator=(const TrainingWeights&) = delete;

  // Packs `slab`, laid out by layout(), and keeps pointing to it: it must stay as it is until the next Take.
  void Take(const Slab* slab, ThreadPool* pool = nullptr);

  const ModelConfig& config() const { return model_.config(); }
  const SlabLayout& layout() const { return model_.layout(); }
  const Model& model() const { return model_; }
  const TensorRoles& roles() const { return roles_; }

  // Where a tensor begins in the slab.
  const float* at(const SlabTensor* tensor) const { return slab_->data() + tensor->offset; }

 private:
  Model model_;
  TensorRoles roles_;
  const Slab* slab_ = nullptr;
};

// What a bias is to the kernels that add it: null where the model has none.
inline const float* BiasOrNull(const std::vector<float>& bias) {
  return bias.empty() ? nullptr : bias.data();
}

// Where the gradient of a tensor goes in a slab; null for a tensor that the model does not have.
inline float* AtOrNull(float* slab, const SlabTensor* tensor) {
  return tensor == nullptr ? nullptr : slab + tensor->offset;
}

}  // namespace rubato
