// The clipped surrogate (surrogate.h) over the targets of one micro-batch.
#pragma once

#include <span>
#include <vector>

#include "learner/step_tally.h"
#include "learner/token_loss.h"
#include "learner/training_sample.h"

namespace rubato {

class SurrogateLoss : public TokenLoss {
 public:
  // `samples` are those of the micro-batch, in its order; they must outlive the loss.
  SurrogateLoss(std::span<const TrainingSample> samples, double clip_eps);

  void Evaluate(int first, std::span<const float> logprobs, std::span<const float> entropies,
                std::span<float> gradient) override;

  const StepTally& tally() const { return tally_; }

 private:
  struct Target {
    const TrainingSample* sample;
    size_t index;  // among the sample's trained tokens
  };

  std::vector<Target> targets_;
  double clip_eps_;
  StepTally tally_;
};

}  // namespace rubato
