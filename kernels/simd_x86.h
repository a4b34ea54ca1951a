#pragma once

// The last steps of the tree, on 8 lanes.  Included by simd_avx2.h and simd_avx512.h alone.

#include <immintrin.h>

namespace rubato::RUBATO_ISA {

RUBATO_INLINE float TreeSum8(__m256 a) {
  __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  b = _mm_add_ps(b, _mm_movehl_ps(b, b));
  return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}

RUBATO_INLINE float TreeMax8(__m256 a) {
  __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  b = _mm_max_ps(b, _mm_movehl_ps(b, b));
  return _mm_cvtss_f32(_mm_max_ss(b, _mm_movehdup_ps(b)));
}

}  // namespace rubato::RUBATO_ISA
