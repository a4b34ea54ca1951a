#pragma once

// softmax(logits / T), in double.  For tests and audits.

#include <span>

namespace rubato {

struct TokenScoreRef {
  double logprob;
  double entropy;
  double lse;
};

TokenScoreRef ScoreTokenRef(std::span<const double> logits, double temperature, int token);

// The first token whose cumulated probability exceeds `uniform`.
int SampleTokenRef(std::span<const double> logits, double temperature, double uniform);

}  // namespace rubato
