#include "learner/random_weights.h"

#include <cmath>

#include "common/random_stream.h"

namespace rubato {
namespace {

bool Contains(const std::string& name, const char* part) { return name.find(part) != std::string::npos; }

double DeviationOf(const SlabTensor& tensor, const ModelConfig& config) {
  if (Contains(tensor.name, "embed_tokens")) return 0.02;
  const double deviation = 1 / std::sqrt(static_cast<double>(tensor.shape[1]));
  const bool into_residual = Contains(tensor.name, "o_proj") || Contains(tensor.name, "down_proj");
  return into_residual ? deviation / std::sqrt(2.0 * config.layers) : deviation;
}

}  // namespace

Slab RandomWeights(const ModelConfig& config, const SlabLayout& layout, uint64_t seed) {
  Slab slab(layout.size());
  for (const SlabTensor& tensor : layout.tensors()) {
    const auto values = slab.floats().subspan(tensor.offset, tensor.size);
    if (tensor.shape.size() == 2) {
      RandomStream random(seed, "first weights of " + tensor.name);
      const double deviation = DeviationOf(tensor, config);
      for (float& value : values) value = static_cast<float>(deviation * random.Normal());
    } else {
      const float start = Contains(tensor.name, "bias") ? 0.0f : 1.0f;
      for (float& value : values) value = start;
    }
  }
  return slab;
}

}  // namespace rubato
