#pragma once

// One token drawn from softmax(logits / T) by the inverse of its distribution function.

#include "kernels/log_softmax.h"

namespace rubato {

struct SampledToken {
  int token;
  TokenScore score;  // the same bits as ScoreToken for that token
};

// Scans the vocabulary in ascending order for the first token whose cumulated probability exceeds
// `uniform`, a number in [0, 1).  Masses are summed in blocks of 16 (a fixed tree), blocks in double and in
// order; a token of mass 0 is never drawn.  Arguments as for ScoreToken.  The same draw on every
// instruction set.  Any thread.
SampledToken SampleToken(const float* logits, int vocab, float inverse_temperature, double uniform);

}  // namespace rubato
