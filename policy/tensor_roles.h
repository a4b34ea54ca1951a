#pragma once

#include <vector>

#include "policy/slab_layout.h"

namespace rubato {

// Which tensor of a layout plays which part.  Null: the model has none (a bias, QK-norm).  Matrices are
// [outputs][inputs].  The same roles serve weights, gradients and moments: each is a slab of this layout.
struct LayerTensors {
  const SlabTensor* input_norm = nullptr;  // [hidden], before attention
  const SlabTensor* q = nullptr;           // [heads * head_dim][hidden]
  const SlabTensor* k = nullptr;           // [kv_heads * head_dim][hidden]
  const SlabTensor* v = nullptr;           // [kv_heads * head_dim][hidden]
  const SlabTensor* q_bias = nullptr;      // [heads * head_dim]
  const SlabTensor* k_bias = nullptr;      // [kv_heads * head_dim]
  const SlabTensor* v_bias = nullptr;      // [kv_heads * head_dim]
  const SlabTensor* q_norm = nullptr;      // [head_dim]
  const SlabTensor* k_norm = nullptr;      // [head_dim]
  const SlabTensor* o = nullptr;           // [hidden][heads * head_dim]
  const SlabTensor* o_bias = nullptr;      // [hidden]
  const SlabTensor* post_norm = nullptr;   // [hidden], before the feed-forward layer
  const SlabTensor* gate = nullptr;        // [ffn][hidden]
  const SlabTensor* up = nullptr;          // [ffn][hidden]
  const SlabTensor* down = nullptr;        // [hidden][ffn]
  const SlabTensor* gate_bias = nullptr;   // [ffn]
  const SlabTensor* up_bias = nullptr;     // [ffn]
  const SlabTensor* down_bias = nullptr;   // [hidden]
};

// Points into the layout that it was made from, which must outlive it.
struct TensorRoles {
  TensorRoles(const ModelConfig& config, const SlabLayout& layout);

  const SlabTensor* embedding = nullptr;  // [vocab][hidden]
  std::vector<LayerTensors> layers;
  const SlabTensor* final_norm = nullptr;  // [hidden]
  const SlabTensor* head = nullptr;        // [vocab][hidden]; `embedding` if tied
};

}  // namespace rubato
