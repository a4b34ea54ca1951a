#include "learner/trainer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "learner/matrix_ranges.h"
#include "learner/micro_batch_plan.h"
#include "learner/schedule.h"
#include "learner/surrogate_loss.h"

namespace rubato {
namespace {

AdamWOptions OptimizerOptions(const LearnerSection& config) {
  return {.beta1 = config.beta1(),
          .beta2 = config.beta2(),
          .eps = config.eps(),
          .weight_decay = config.weight_decay()};
}

}  // namespace

Trainer::Trainer(const ModelConfig& model, Slab weights, const LearnerSection& config, int threads,
                 const UnusedIds& unused_ids)
    : model_(model),
      config_(config),
      weights_(std::move(weights)),
      engine_(model, threads, unused_ids),
      optimizer_(OptimizerOptions(config), weights_.size(), MatrixRanges(engine_.layout())),
      gradient_(weights_.size()) {}

StepTally Trainer::ComputeGradient(const std::vector<TrainingSample>& samples) {
  std::vector<MicroBatch> micro_batches = MakeMicroBatches(samples);
  engine_.SetWeights(&weights_);
  engine_.Run(micro_batches, &gradient_);
  StepTally tally;
  for (const MicroBatch& micro_batch : micro_batches) {
    tally.Add(static_cast<const SurrogateLoss&>(*micro_batch.loss).tally());
  }
  return tally;
}

std::vector<MicroBatch> Trainer::MakeMicroBatches(const std::vector<TrainingSample>& samples) const {
  std::vector<int> rows;
  for (const TrainingSample& sample : samples) rows.push_back(sample.rows());
  const int budget =
      static_cast<int>(std::min<uint32_t>(config_.micro_batch_tokens(), GradientEngine::kMaxPassRows));
  const std::vector<int> firsts = PlanMicroBatches(rows, budget);
  std::vector<MicroBatch> micro_batches(firsts.size() - 1);
  for (size_t i = 0; i < micro_batches.size(); ++i) {
    const std::span<const TrainingSample> run(&samples[firsts[i]], firsts[i + 1] - firsts[i]);
    for (const TrainingSample& sample : run) {
      micro_batches[i].batch.Append(sample.tokens, sample.trained, sample.temperature);
    }
    micro_batches[i].loss = std::make_unique<SurrogateLoss>(run, config_.clip_eps());
  }
  return micro_batches;
}

Trainer::Applied Trainer::Apply(uint64_t step) {
  Applied applied;
  applied.grad_norm = GradientNorm(gradient_.floats());
  applied.learning_rate = WarmupLearningRate(config_.lr(), config_.warmup_steps(), step);
  optimizer_.Apply(weights_.floats(), gradient_.floats(), ClipScale(applied.grad_norm, config_.clip_norm()),
                   applied.learning_rate);
  return applied;
}

}  // namespace rubato
