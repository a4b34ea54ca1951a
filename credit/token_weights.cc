#include "credit/token_weights.h"

#include <algorithm>
#include <cmath>

#include "credit/weight_scheme.h"

namespace rubato {
namespace {

// `score` is empty when the scheme ranks nothing, and then nothing is undefined.
WeightReasons CountReasons(const ResponseView& response, const std::vector<double>& score) {
  WeightReasons reasons;
  int undefined = 0, defined = 0;
  for (int t = 0; t < response.tokens; ++t) {
    if (response.roles[t] == TokenRole::kMasked) {
      ++reasons.masked;
    } else if (response.roles[t] == TokenRole::kExcluded) {
      ++reasons.excluded;
    } else if (!score.empty()) {
      ++(std::isnan(score[t]) ? undefined : defined);
    }
  }
  (defined > 0 ? reasons.undefined : reasons.short_response) = undefined;
  return reasons;
}

// Leaves the sets as they are: they are reported, not used.
void Suppress(const ResponseView& response, TokenWeights* weights) {
  WeightReasons& reasons = weights->reasons;
  std::fill(weights->gamma.begin(), weights->gamma.end(), 1.0);
  reasons.negative_advantage =
      response.tokens - reasons.masked - reasons.excluded - reasons.short_response - reasons.undefined;
}

// Masked tokens do not train: they are not in the mean, and theirs stays 1.
void DivideByMean(const ResponseView& response, std::vector<double>* gamma) {
  double sum = 0;
  int trained = 0;
  for (int t = 0; t < response.tokens; ++t) {
    if (response.roles[t] == TokenRole::kMasked) continue;
    sum += (*gamma)[t];
    ++trained;
  }
  for (int t = 0; t < response.tokens; ++t) {
    if (response.roles[t] != TokenRole::kMasked) (*gamma)[t] /= sum / trained;
  }
}

}  // namespace

TokenWeights WeighTokens(const CreditSettings& settings, const ResponseView& response, double advantage) {
  TokenWeights weights;
  weights.gamma.assign(response.tokens, 1.0);
  const std::unique_ptr<WeightScheme> scheme = MakeWeightScheme(settings);
  scheme->Weigh(response, &weights);
  weights.reasons = CountReasons(response, scheme->Score(response));
  if (advantage < 0 && settings.signs == Signs::kNonneg) Suppress(response, &weights);
  if (settings.normalize == Normalize::kMeanOne) DivideByMean(response, &weights.gamma);
  return weights;
}

TokenWeights WeighUnmeasured(Scheme scheme, int tokens) {
  TokenWeights weights;
  weights.gamma.assign(tokens, 1.0);
  if (NeedsStatistics(scheme)) weights.reasons.unmeasured = tokens;
  return weights;
}

}  // namespace rubato
