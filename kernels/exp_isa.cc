#include "kernels/exp_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

void Exp(const float* x, size_t count, float* y) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) Store16(Exp(Load16(x + i)), y + i);
  const int rest = static_cast<int>(count - i);
  if (rest > 0) Store16(Exp(Load16(x + i, rest)), y + i, rest);
}

void Log(const float* x, size_t count, float* y) {
  for (size_t i = 0; i < count; ++i) y[i] = LogOf(x[i]);
}

}  // namespace rubato::RUBATO_ISA
