#pragma once

// Vectors for sources that isa_library (isa.bzl) compiles once per instruction set; private to kernels/.
//
// Everything lives in the namespace rubato::RUBATO_ISA and is inlined, so the three
// compilations share nothing.
//   Vec     the set's own vector of kLanes floats, for work whose bits do not depend on the width;
//   Vec16   16 lanes whatever the set, for reductions.
// Operators + - * / work on both; Fma is fused; nothing is contracted, approximated or flushed.

#include <cstddef>
#include <cstdint>

#define RUBATO_INLINE inline __attribute__((always_inline))
#define RUBATO_INLINE_LAMBDA __attribute__((always_inline))

#if defined(RUBATO_ISA_AVX512)
#include "kernels/simd_avx512.h"
#elif defined(RUBATO_ISA_AVX2)
#include "kernels/simd_avx2.h"
#else
#include "kernels/simd_scalar.h"
#endif

namespace rubato::RUBATO_ISA {

struct Vec16 {
  static constexpr int kParts = 16 / kLanes;
  Vec part[kParts];
};

#define RUBATO_EACH_PART for (int i = 0; i < Vec16::kParts; ++i)

RUBATO_INLINE int PartialLanes(int n, int part) {
  const int rest = n - part * kLanes;
  return rest < 0 ? 0 : rest > kLanes ? kLanes : rest;
}

RUBATO_INLINE Vec16 Load16(const float* p) {
  Vec16 r;
  RUBATO_EACH_PART r.part[i] = Load(p + i * kLanes);
  return r;
}

// The first n lanes, 0 <= n <= 16, from memory; the others 0.
RUBATO_INLINE Vec16 Load16(const float* p, int n) {
  Vec16 r;
  RUBATO_EACH_PART r.part[i] = LoadPartial(p + i * kLanes, PartialLanes(n, i));
  return r;
}

RUBATO_INLINE void Store16(Vec16 a, float* p) { RUBATO_EACH_PART Store(a.part[i], p + i * kLanes); }

RUBATO_INLINE void Store16(Vec16 a, float* p, int n) {
  RUBATO_EACH_PART StorePartial(a.part[i], p + i * kLanes, PartialLanes(n, i));
}

RUBATO_INLINE Vec16 Set16(float x) {
  Vec16 r;
  RUBATO_EACH_PART r.part[i] = Set(x);
  return r;
}

RUBATO_INLINE Vec16 operator+(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = a.part[i] + b.part[i];
  return a;
}

RUBATO_INLINE Vec16 operator-(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = a.part[i] - b.part[i];
  return a;
}

RUBATO_INLINE Vec16 operator*(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = a.part[i] * b.part[i];
  return a;
}

RUBATO_INLINE Vec16 operator/(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = a.part[i] / b.part[i];
  return a;
}

// a * b + c, rounded once.
RUBATO_INLINE Vec16 Fma(Vec16 a, Vec16 b, Vec16 c) {
  RUBATO_EACH_PART c.part[i] = Fma(a.part[i], b.part[i], c.part[i]);
  return c;
}

RUBATO_INLINE Vec16 Max(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = Max(a.part[i], b.part[i]);
  return a;
}

RUBATO_INLINE Vec16 Min(Vec16 a, Vec16 b) {
  RUBATO_EACH_PART a.part[i] = Min(a.part[i], b.part[i]);
  return a;
}

// 0, 1, ..., 15.
RUBATO_INLINE Vec16 LaneNumbers() {
  static constexpr float kNumbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return Load16(kNumbers);
}

// The fixed tree: lane i with lane i + 8, then + 4, + 2, + 1.
RUBATO_INLINE float Sum(Vec16 a) { return TreeSum(a.part); }
RUBATO_INLINE float Largest(Vec16 a) { return TreeMax(a.part); }

// Calls body(offset, lanes) for each 16 elements of a row, the last of which may be fewer.
template <typename Body>
RUBATO_INLINE void ForEach16(int dim, Body body) {
  int i = 0;
  for (; i + 16 <= dim; i += 16) body(i, 16);
  if (i < dim) body(i, dim - i);
}

RUBATO_INLINE Vec16 LoadSome(const float* p, int n) { return n == 16 ? Load16(p) : Load16(p, n); }

RUBATO_INLINE void StoreSome(Vec16 a, float* p, int n) {
  if (n == 16) {
    Store16(a, p);
  } else {
    Store16(a, p, n);
  }
}

// exp, as exp.h states it.  Coefficients of Cephes' expf; the argument is reduced by multiples of ln 2.
RUBATO_INLINE Vec ExpVec(Vec x) {
  const Vec magic = Set(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
  const Vec y = Min(Set(88.73f), x);   // beyond is +inf; NaN passes
  const Vec shifted = Fma(y, Set(1.44269504088896341f), magic);
  const Vec n = shifted - magic;
  const Vec r = Fma(n, Set(1.904654299957768e-9f), Fma(n, Set(-0.693147182464599609f), y));
  Vec p = Set(1.9875691500e-4f);
  p = Fma(p, r, Set(1.3981999507e-3f));
  p = Fma(p, r, Set(8.3334519073e-3f));
  p = Fma(p, r, Set(4.1665795894e-2f));
  p = Fma(p, r, Set(1.6666665459e-1f));
  p = Fma(p, r, Set(5.0000001201e-1f));
  p = Fma(p, r * r, r) + Set(1.0f);
  // 2p * 2^(n-1), so that n = 128 does not overflow early.
  return ZeroWhereBelow(x, Set(-86.9f), (p + p) * HalfPowerOfTwo(shifted));
}

RUBATO_INLINE Vec16 Exp(Vec16 x) {
  RUBATO_EACH_PART x.part[i] = ExpVec(x.part[i]);
  return x;
}

// log, as exp.h states it.  The method and the coefficients of FreeBSD's e_logf.c.
RUBATO_INLINE float LogOf(float x) {
  if (!(x >= 1.17549435e-38f)) return x >= 0 ? -__builtin_inff() : __builtin_nanf("");
  if (x > 3.40282347e38f) return x;
  const uint32_t bits = __builtin_bit_cast(uint32_t, x) + (0x3f800000u - 0x3f3504f3u);
  const float k = static_cast<float>(static_cast<int>(bits >> 23) - 127);
  const float f = __builtin_bit_cast(float, (bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float w = z * z;
  const float odd = z * __builtin_fmaf(w, 0.28498786688f, 0.66666662693f);
  const float even = w * __builtin_fmaf(w, 0.24279078841f, 0.40000972152f);
  const float half_square = 0.5f * f * f;
  const float rest = __builtin_fmaf(s, half_square + (odd + even), k * 9.0580006145e-6f);
  return __builtin_fmaf(k, 6.9313812256e-1f, rest - half_square + f);
}

}  // namespace rubato::RUBATO_ISA
