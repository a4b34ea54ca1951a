#pragma once

// The plain text of what the other two sets do.  Included by simd.h alone.

namespace rubato::RUBATO_ISA {

using Vec = float;
constexpr int kLanes = 1;

RUBATO_INLINE Vec Load(const float* p) { return *p; }
RUBATO_INLINE Vec LoadPartial(const float* p, int n) { return n > 0 ? *p : 0.0f; }
RUBATO_INLINE void Store(Vec a, float* p) { *p = a; }
RUBATO_INLINE void StorePartial(Vec a, float* p, int n) {
  if (n > 0) *p = a;
}
RUBATO_INLINE Vec Set(float x) { return x; }
RUBATO_INLINE Vec Fma(Vec a, Vec b, Vec c) { return __builtin_fmaf(a, b, c); }
// Like the instructions: the second operand where the two do not compare.
RUBATO_INLINE Vec Max(Vec a, Vec b) { return a > b ? a : b; }
RUBATO_INLINE Vec Min(Vec a, Vec b) { return a < b ? a : b; }
// a where x >= limit or x is NaN, else 0.
RUBATO_INLINE Vec ZeroWhereBelow(Vec x, Vec limit, Vec a) { return x < limit ? 0.0f : a; }
// 2^(n-1) for shifted = 1.5 * 2^23 + n.
RUBATO_INLINE Vec HalfPowerOfTwo(Vec shifted) {
  return __builtin_bit_cast(float, (__builtin_bit_cast(uint32_t, shifted) << 23) + 0x3f000000u);
}

RUBATO_INLINE float TreeSum(const Vec* lanes) {
  float a[16];
  for (int i = 0; i < 16; ++i) a[i] = lanes[i];
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) a[i] += a[i + half];
  }
  return a[0];
}

RUBATO_INLINE float TreeMax(const Vec* lanes) {
  float a[16];
  for (int i = 0; i < 16; ++i) a[i] = lanes[i];
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) a[i] = Max(a[i], a[i + half]);
  }
  return a[0];
}

}  // namespace rubato::RUBATO_ISA
