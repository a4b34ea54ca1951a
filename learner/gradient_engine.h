// The gradient of a batch: micro-batches spread over threads, each by a TrainingPass of its own, and their
// gradients added up in the order of the micro-batches.  So results depend on how the batch was cut, and not
// on the number of threads.
//
// Threading: one caller at a time; owns a pool of `threads` threads, the caller's included.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/parallel.h"
#include "learner/training_pass.h"
#include "policy/unused_ids.h"

namespace rubato {

struct MicroBatch {
  PackedBatch batch;
  std::unique_ptr<TokenLoss> loss;
};

class GradientEngine {
 public:
  // Rows of one pass on a CPU beyond which activations leave its caches; a larger budget gains nothing.
  static constexpr int kMaxPassRows = 2048;

  // `unused_ids`: see HeadPass.
  GradientEngine(const ModelConfig& config, int threads, const UnusedIds& unused_ids = {});

  // Takes the weights for the calls that follow; `slab` must stay as it is until the next SetWeights.
  void SetWeights(const Slab* slab) { weights_.Take(slab, &pool_); }

  // Evaluates the loss of every micro-batch and writes the gradient of their sum to `gradient`, a slab of the
  // model's layout.  Batches must fit the model (CheckFits).
  void Run(std::span<MicroBatch> micro_batches, Slab* gradient);

  const SlabLayout& layout() const { return weights_.layout(); }

 private:
  struct Lane {
    Lane(const TrainingWeights* weights, const UnusedIds& unused_ids)
        : pass(weights, unused_ids), gradient(weights->layout().size()) {}
    TrainingPass pass;
    Slab gradient;
  };

  TrainingWeights weights_;
  ThreadPool pool_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace rubato
