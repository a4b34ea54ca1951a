// The model as a plain text in LibTorch, in fp64 with autograd: what the training pass is compared with.  It
// shares no code with it.
#pragma once

#include <vector>

#include "learner/packed_batch.h"
#include "policy/model_config.h"
#include "policy/slab.h"

namespace rubato {

struct ReferenceResult {
  std::vector<double> logprobs;   // of every target, in order
  std::vector<double> entropies;  // the same
  std::vector<double> gradient;   // of sum(coefficients * logprobs), laid out as a slab
};

ReferenceResult RunReference(const ModelConfig& config, const Slab& weights, const PackedBatch& batch,
                             const std::vector<double>& coefficients);

}  // namespace rubato
