#include "learner/likelihood_loss.h"

#include <algorithm>

namespace rubato {

void LikelihoodLoss::Evaluate(int /*first*/, std::span<const float> logprobs,
                              std::span<const float> /*entropies*/, std::span<float> gradient) {
  for (const float logprob : logprobs) total_ -= logprob;
  std::ranges::fill(gradient, static_cast<float>(-weight_));
}

}  // namespace rubato
