#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/model_config.h"

namespace rubato {

// One tensor's place in a slab.
struct SlabTensor {
  std::string name;  // Hugging Face name
  std::vector<int64_t> shape;
  int64_t offset = 0;  // floats from the start of the slab
  int64_t size = 0;    // floats
};

// Where each tensor of a model lies in its slab: Hugging Face names sorted bytewise, row-major, without
// padding, tied tensors once.  A pure function of the config, so every process lays a model out alike.
//
// Immutable after construction; safe to share between threads.
class SlabLayout {
 public:
  explicit SlabLayout(const ModelConfig& config);

  const std::vector<SlabTensor>& tensors() const { return tensors_; }
  const SlabTensor* Find(std::string_view name) const;  // null if the model has no such tensor
  int64_t size() const { return size_; }                // floats
  int64_t size_bytes() const { return size_ * 4; }

 private:
  std::vector<SlabTensor> tensors_;
  int64_t size_ = 0;
};

}  // namespace rubato
