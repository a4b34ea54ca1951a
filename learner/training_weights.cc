#include "learner/training_weights.h"

namespace rubato {

TrainingWeights::TrainingWeights(const ModelConfig& config)
    : model_(config), roles_(config, model_.layout()) {}

void TrainingWeights::Take(const Slab* slab, ThreadPool* pool) {
  slab_ = slab;
  model_.Repack(*slab, pool);
}

}  // namespace rubato
