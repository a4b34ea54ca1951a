#pragma once

#include <memory>
#include <vector>

#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// A model ready to be run: the matrices of a slab packed into the panels that kernels/linear multiplies with
// (q, k, v in one, gate and up in one), norms and biases by role, the RoPE table.
//
// Packing is a copy: the slab may change or go away afterwards, and Repack after every change of the weights
// is cheap next to one training step (memory bandwidth).  Repack needs the model to itself; concurrent
// forwards are safe.
class Model {
 public:
  explicit Model(const ModelConfig& config);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  // Takes the weights of `slab`, laid out by layout().
  void Repack(const Slab& slab);

  // The reverse of Repack, from the very memory that is multiplied with: what a digest of it proves.
  void Unpack(Slab* slab) const;

  const ModelConfig& config() const { return config_; }
  const SlabLayout& layout() const { return layout_; }

 private:
  ModelConfig config_;
  SlabLayout layout_;
};

}  // namespace rubato
