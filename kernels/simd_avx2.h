#pragma once

// 8 lanes.  Included by simd.h alone; meanings as in simd_scalar.h.

#include "kernels/simd_x86.h"

namespace rubato::RUBATO_ISA {

using Vec = __m256;
constexpr int kLanes = 8;

RUBATO_INLINE __m256i FirstLanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

RUBATO_INLINE Vec Load(const float* p) { return _mm256_loadu_ps(p); }
RUBATO_INLINE Vec LoadPartial(const float* p, int n) { return _mm256_maskload_ps(p, FirstLanes(n)); }
RUBATO_INLINE void Store(Vec a, float* p) { _mm256_storeu_ps(p, a); }
RUBATO_INLINE void StorePartial(Vec a, float* p, int n) { _mm256_maskstore_ps(p, FirstLanes(n), a); }
RUBATO_INLINE Vec Set(float x) { return _mm256_set1_ps(x); }
RUBATO_INLINE Vec Fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
RUBATO_INLINE Vec Max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
RUBATO_INLINE Vec Min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
RUBATO_INLINE Vec ZeroWhereBelow(Vec x, Vec limit, Vec a) {
  return _mm256_andnot_ps(_mm256_cmp_ps(x, limit, _CMP_LT_OQ), a);
}
RUBATO_INLINE Vec HalfPowerOfTwo(Vec shifted) {
  const __m256i n = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(n, _mm256_set1_epi32(0x3f000000)));
}
RUBATO_INLINE float TreeSum(const Vec* parts) { return TreeSum8(_mm256_add_ps(parts[0], parts[1])); }
RUBATO_INLINE float TreeMax(const Vec* parts) { return TreeMax8(_mm256_max_ps(parts[0], parts[1])); }

}  // namespace rubato::RUBATO_ISA
