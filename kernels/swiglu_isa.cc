#include "kernels/swiglu_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

void Swiglu(const float* gate, const float* up, int stride, int rows, int dim, float* y, int y_stride) {
  const Vec16 one = Set16(1.0f);
  const Vec16 zero = Set16(0.0f);
  for (ptrdiff_t row = 0; row < rows; ++row) {
    const float* const g_row = gate + row * stride;
    const float* const u_row = up + row * stride;
    float* const y_row = y + row * y_stride;
    ForEach16(dim, [&](int i, int n) {
      const Vec16 g = LoadSome(g_row + i, n);
      StoreSome(g / (one + Exp(zero - g)) * LoadSome(u_row + i, n), y_row + i, n);
    });
  }
}

void SwigluBackward(const float* gate, const float* up, int stride, const float* dy, int dy_stride, int rows,
                    int dim, float* dgate, float* dup, int d_stride) {
  const Vec16 one = Set16(1.0f);
  const Vec16 zero = Set16(0.0f);
  for (ptrdiff_t row = 0; row < rows; ++row) {
    ForEach16(dim, [&](int i, int n) {
      const Vec16 g = LoadSome(gate + row * stride + i, n);
      const Vec16 u = LoadSome(up + row * stride + i, n);
      const Vec16 d = LoadSome(dy + row * dy_stride + i, n);
      const Vec16 s = one / (one + Exp(zero - g));
      StoreSome(d * u * (s * Fma(g, one - s, one)), dgate + row * d_stride + i, n);
      StoreSome(d * (g * s), dup + row * d_stride + i, n);
    });
  }
}

}  // namespace rubato::RUBATO_ISA
