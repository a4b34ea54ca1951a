#include "kernels/exp.h"

#include "kernels/exp_isa.h"

namespace rubato {

void Exp(const float* x, size_t count, float* y) { RUBATO_FOR_ACTIVE_ISA(Exp)(x, count, y); }

void Log(const float* x, size_t count, float* y) { RUBATO_FOR_ACTIVE_ISA(Log)(x, count, y); }

}  // namespace rubato
