#include "kernels/sample.h"

#include "kernels/log_softmax_isa.h"

namespace rubato {

SampledToken SampleToken(const float* logits, int vocab, float inverse_temperature, double uniform) {
  const int token = RUBATO_FOR_ACTIVE_ISA(DrawToken)(logits, vocab, inverse_temperature, uniform);
  return {token, ScoreToken(logits, vocab, inverse_temperature, token)};
}

}  // namespace rubato
