#include "kernels/rms_norm_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {
namespace {

// 1 / sqrt(mean(x^2) + eps).
RUBATO_INLINE float InverseRms(const float* x, int dim, float eps) {
  Vec16 squares = Set16(0.0f);
  ForEach16(dim, [&](int i, int n) {
    const Vec16 v = LoadSome(x + i, n);
    squares = Fma(v, v, squares);
  });
  return 1.0f / __builtin_sqrtf(Sum(squares) / static_cast<float>(dim) + eps);
}

}  // namespace

void RmsNorm(const float* x, int x_stride, const float* weight, float eps, int rows, int dim, float* y,
             int y_stride) {
  for (int row = 0; row < rows; ++row) {
    const float* const in = x + static_cast<ptrdiff_t>(row) * x_stride;
    float* const out = y + static_cast<ptrdiff_t>(row) * y_stride;
    const Vec16 r = Set16(InverseRms(in, dim, eps));
    ForEach16(
        dim, [&](int i, int n) { StoreSome(LoadSome(in + i, n) * r * LoadSome(weight + i, n), out + i, n); });
  }
}

void RmsNormBackward(const float* x, int x_stride, const float* weight, float eps, const float* dy,
                     int dy_stride, int rows, int dim, float* dx, int dx_stride, float* dweight) {
  for (int row = 0; row < rows; ++row) {
    const float* const in = x + static_cast<ptrdiff_t>(row) * x_stride;
    const float* const dout = dy + static_cast<ptrdiff_t>(row) * dy_stride;
    float* const din = dx + static_cast<ptrdiff_t>(row) * dx_stride;
    const float r = InverseRms(in, dim, eps);
    Vec16 products = Set16(0.0f);
    ForEach16(dim, [&](int i, int n) {
      const Vec16 normed = LoadSome(in + i, n) * Set16(r);
      const Vec16 d = LoadSome(dout + i, n);
      products = Fma(d * LoadSome(weight + i, n), normed, products);
      StoreSome(Fma(d, normed, LoadSome(dweight + i, n)), dweight + i, n);
    });
    const Vec16 mean = Set16(Sum(products) / static_cast<float>(dim));
    ForEach16(dim, [&](int i, int n) {
      const Vec16 normed = LoadSome(in + i, n) * Set16(r);
      const Vec16 g = LoadSome(dout + i, n) * LoadSome(weight + i, n) - normed * mean;
      StoreSome(Fma(Set16(r), g, LoadSome(din + i, n)), din + i, n);
    });
  }
}

}  // namespace rubato::RUBATO_ISA
