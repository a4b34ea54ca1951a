#include "learner/gradient_engine.h"

#include <algorithm>

#include "kernels/add.h"

namespace rubato {

GradientEngine::GradientEngine(const ModelConfig& config, int threads, const UnusedIds& unused_ids)
    : weights_(config), pool_(threads) {
  for (int i = 0; i < threads; ++i) lanes_.push_back(std::make_unique<Lane>(&weights_, unused_ids));
}

void GradientEngine::Run(std::span<MicroBatch> micro_batches, Slab* gradient) {
  std::ranges::fill(gradient->floats(), 0.0f);
  for (size_t first = 0; first < micro_batches.size(); first += lanes_.size()) {
    const size_t count = std::min(lanes_.size(), micro_batches.size() - first);
    pool_.Run(static_cast<int>(count), [&](int i) {
      MicroBatch& micro_batch = micro_batches[first + i];
      std::ranges::fill(lanes_[i]->gradient.floats(), 0.0f);
      lanes_[i]->pass.Run(micro_batch.batch, micro_batch.loss.get(), &lanes_[i]->gradient);
    });
    ParallelFor(&pool_, gradient->size(), 1 << 16, [&](int64_t begin, int64_t end) {
      for (size_t i = 0; i < count; ++i) {
        AddTo(lanes_[i]->gradient.data() + begin, end - begin, gradient->data() + begin);
      }
    });
  }
}

}  // namespace rubato
