#pragma once

// 16 lanes.  Included by simd.h alone; meanings as in simd_scalar.h.

#include "kernels/simd_x86.h"

namespace rubato::RUBATO_ISA {

using Vec = __m512;
constexpr int kLanes = 16;

RUBATO_INLINE __mmask16 FirstLanes(int n) { return static_cast<__mmask16>((1u << n) - 1u); }

RUBATO_INLINE Vec Load(const float* p) { return _mm512_loadu_ps(p); }
RUBATO_INLINE Vec LoadPartial(const float* p, int n) { return _mm512_maskz_loadu_ps(FirstLanes(n), p); }
RUBATO_INLINE void Store(Vec a, float* p) { _mm512_storeu_ps(p, a); }
RUBATO_INLINE void StorePartial(Vec a, float* p, int n) { _mm512_mask_storeu_ps(p, FirstLanes(n), a); }
RUBATO_INLINE Vec Set(float x) { return _mm512_set1_ps(x); }
RUBATO_INLINE Vec Fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
RUBATO_INLINE Vec Max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
RUBATO_INLINE Vec Min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
RUBATO_INLINE Vec ZeroWhereBelow(Vec x, Vec limit, Vec a) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, limit, _CMP_NLT_UQ), a);
}
RUBATO_INLINE Vec HalfPowerOfTwo(Vec shifted) {
  const __m512i n = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
  return _mm512_castsi512_ps(_mm512_add_epi32(n, _mm512_set1_epi32(0x3f000000)));
}
RUBATO_INLINE float TreeSum(const Vec* parts) {
  return TreeSum8(_mm256_add_ps(_mm512_castps512_ps256(parts[0]), _mm512_extractf32x8_ps(parts[0], 1)));
}
RUBATO_INLINE float TreeMax(const Vec* parts) {
  return TreeMax8(_mm256_max_ps(_mm512_castps512_ps256(parts[0]), _mm512_extractf32x8_ps(parts[0], 1)));
}

}  // namespace rubato::RUBATO_ISA
