#include "learner/surrogate_loss.h"

#include <algorithm>
#include <cmath>

#include "learner/surrogate.h"

namespace rubato {

SurrogateLoss::SurrogateLoss(std::span<const TrainingSample> samples, double clip_eps) : clip_eps_(clip_eps) {
  for (const TrainingSample& sample : samples) {
    for (size_t i = 0; i < sample.behaviour_logprobs.size(); ++i) targets_.push_back({&sample, i});
  }
}

void SurrogateLoss::Evaluate(int first, std::span<const float> logprobs, std::span<const float> entropies,
                             std::span<float> gradient) {
  for (size_t i = 0; i < logprobs.size(); ++i) {
    const auto& [sample, index] = targets_[first + i];
    const double behaviour = sample->behaviour_logprobs[index];
    const SurrogateTerm term = ClippedSurrogate(logprobs[i], behaviour, sample->shaped_advantages[index],
                                                clip_eps_, sample->mean_weight);
    gradient[i] = static_cast<float>(term.gradient);

    const double gap = logprobs[i] - behaviour;
    tally_.sums.loss += term.loss;
    tally_.sums.ratio += term.ratio;
    tally_.sums.kl += term.ratio - 1 - gap;
    tally_.sums.entropy += entropies[i];
    tally_.sums.clipped += term.clipped ? 1 : 0;
    tally_.sums.tokens += 1;
    tally_.maxima.ratio = std::max(tally_.maxima.ratio, term.ratio);
    if (!sample->sampled_by_held_version) continue;
    tally_.sums.gap_tokens += 1;
    tally_.maxima.gap = std::max(tally_.maxima.gap, std::abs(gap));
  }
}

}  // namespace rubato
