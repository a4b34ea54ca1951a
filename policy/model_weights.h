#pragma once

#include <string>

#include "common/problems.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Reads the weights of the model directory `path`, from model.safetensors or from the shards that
// model.safetensors.index.json lists, into a slab of `layout`.  Everything wrong (a file that cannot be read,
// tensors that are missing, unexpected, of another shape, or hold a value that is not finite) goes to
// `problems`.
Slab ReadModelWeights(const std::string& path, const ModelConfig& config, const SlabLayout& layout,
                      Problems* problems);

}  // namespace rubato
