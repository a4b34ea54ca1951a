#include "kernels/log_softmax_ref.h"

#include <algorithm>
#include <cmath>

namespace rubato {
namespace {

double LogSumExp(std::span<const double> logits, double temperature) {
  const double largest = *std::max_element(logits.begin(), logits.end()) / temperature;
  double sum = 0;
  for (double logit : logits) sum += std::exp(logit / temperature - largest);
  return largest + std::log(sum);
}

}  // namespace

TokenScoreRef ScoreTokenRef(std::span<const double> logits, double temperature, int token) {
  TokenScoreRef ref = {.logprob = 0, .entropy = 0, .lse = LogSumExp(logits, temperature)};
  ref.logprob = logits[static_cast<size_t>(token)] / temperature - ref.lse;
  for (double logit : logits) {
    const double logprob = logit / temperature - ref.lse;
    ref.entropy -= std::exp(logprob) * logprob;
  }
  return ref;
}

int SampleTokenRef(std::span<const double> logits, double temperature, double uniform) {
  const double lse = LogSumExp(logits, temperature);
  double cumulated = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    cumulated += std::exp(logits[i] / temperature - lse);
    if (cumulated > uniform) return static_cast<int>(i);
  }
  return static_cast<int>(logits.size()) - 1;
}

}  // namespace rubato
