#include "kernels/rope_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

void RotateHalves(const float* cosines, const float* sines, float sign, int half, int heads, float* x) {
  const Vec16 zero = Set16(0.0f);
  for (int head = 0; head < heads; ++head) {
    float* const first = x + static_cast<ptrdiff_t>(head) * 2 * half;
    float* const second = first + half;
    ForEach16(half, [&](int i, int n) {
      const Vec16 c = LoadSome(cosines + i, n);
      const Vec16 s = LoadSome(sines + i, n) * Set16(sign);
      const Vec16 a = LoadSome(first + i, n);
      const Vec16 b = LoadSome(second + i, n);
      StoreSome(Fma(a, c, zero - b * s), first + i, n);
      StoreSome(Fma(b, c, a * s), second + i, n);
    });
  }
}

}  // namespace rubato::RUBATO_ISA
