#include "kernels/log_softmax.h"

#include "kernels/log_softmax_isa.h"

namespace rubato {

TokenScore ScoreToken(const float* logits, int vocab, float inverse_temperature, int token) {
  TokenScore score;
  RUBATO_FOR_ACTIVE_ISA(ScoreToken)(logits, vocab, inverse_temperature, token, &score);
  return score;
}

void ScoreTokenBackward(const float* logits, int vocab, float inverse_temperature, int token, float lse,
                        float coefficient, float* dlogits) {
  RUBATO_FOR_ACTIVE_ISA(ScoreTokenBackward)
  (logits, vocab, inverse_temperature, token, lse, coefficient, dlogits);
}

}  // namespace rubato
