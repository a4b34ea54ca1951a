#pragma once

#include <string>

namespace rubato {

// Why `directory`, which has neither model.safetensors nor its index, cannot be used, and the way out: it
// holds pickle files, an adapter, GGUF, shards without their index, weights of another framework, or nothing.
// One problem.  Looks at names only.
std::string WhyNoWeights(const std::string& directory);

}  // namespace rubato
