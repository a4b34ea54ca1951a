// The weights and the optimizer of a rank, and one update of them.  It knows batches and nothing of the run.
//
// An update: ComputeGradient on the rank's share, the sum of gradient() over ranks, Apply.
//
// Threading: one thread at a time; the engine inside uses `threads` of its own.
#pragma once

#include <span>
#include <vector>

#include "learner/adamw.h"
#include "learner/gradient_engine.h"
#include "learner/step_tally.h"
#include "learner/training_sample.h"
#include "policy/unused_ids.h"
#include "proto/config.pb.h"

namespace rubato {

class Trainer {
 public:
  // `weights` is laid out for `model`; `config` has all its keys.  `unused_ids` were not sampled from.
  Trainer(const ModelConfig& model, Slab weights, const LearnerSection& config, int threads,
          const UnusedIds& unused_ids = {});

  // Writes the gradient of the clipped surrogate of `samples` to gradient(); no samples give 0.
  StepTally ComputeGradient(const std::vector<TrainingSample>& samples);
  Slab& gradient() { return gradient_; }

  // Clips gradient() and applies it as update number `step` of the run.
  struct Applied {
    double grad_norm = 0;  // before clipping
    double learning_rate = 0;
  };
  Applied Apply(uint64_t step);

  const ModelConfig& model() const { return model_; }
  const SlabLayout& layout() const { return engine_.layout(); }
  const Slab& weights() const { return weights_; }
  const AdamWState& optimizer() const { return optimizer_.state(); }
  void RestoreOptimizer(AdamWState state) { optimizer_.Restore(std::move(state)); }

 private:
  std::vector<MicroBatch> MakeMicroBatches(const std::vector<TrainingSample>& samples) const;

  ModelConfig model_;
  LearnerSection config_;
  Slab weights_;
  GradientEngine engine_;
  AdamW optimizer_;
  Slab gradient_;
};

}  // namespace rubato
