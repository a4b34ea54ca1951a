#pragma once

#include "kernels/dispatch.h"
#include "kernels/log_softmax.h"

// Private to kernels/: log_softmax.h and sample.h per instruction set.

namespace rubato {

RUBATO_DECLARE_FOR_ISAS(void ScoreToken(const float* logits, int vocab, float inverse_temperature, int token,
                                        TokenScore* score);
                        void ScoreTokenBackward(const float* logits, int vocab, float inverse_temperature,
                                                int token, float lse, float coefficient, float* dlogits);
                        int DrawToken(const float* logits, int vocab, float inverse_temperature,
                                      double uniform);)

}  // namespace rubato
