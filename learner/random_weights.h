// First weights of a model that nobody has trained.  A pure function.
#pragma once

#include <cstdint>

#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Matrices are normal with standard deviation 1/sqrt(inputs), the embedding with 0.02, and what writes into
// the residual stream (o_proj, down_proj) smaller by sqrt(2 * layers), as in GPT-2; norms are 1, biases 0.
Slab RandomWeights(const ModelConfig& config, const SlabLayout& layout, uint64_t seed);

}  // namespace rubato
