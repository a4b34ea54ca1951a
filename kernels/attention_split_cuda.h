#pragma once

// The arithmetic of split-K decode attention with statistics, as the CUDA kernels compute it: parts of a row
// over some of its keys, their merge, and what a row leaves in the ring.  The same text compiles for the
// device (attention_launch_cuda.cu) and for the host (attention_twin_cuda.cc); C++17, because nvcc reads it.
//
// A row at position t attends to keys s = 0..t.  With score[s] = q . k[s] and log2_scale = scale * log2(e), a
// part over some keys holds, relative to its own maximum m,
//   sum = sum of e[s],  distance = sum of e[s] (t - s),  windowed = sum of e[s] min(t - s, w),
//   e[s] = 2 ^ ((score[s] - m) * log2_scale).
// All are positive sums, rescaled together when m grows; WAAD (C5) = windowed / sum and the row's share of C2
// = distance / sum, so nothing cancels, unlike in C5'.  FAI (C6') needs normalised probabilities and is added
// up after the merge, from the scores that the parts left behind; its ring is never rescaled.

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/kv_tile.h"

#ifdef __CUDACC__
#define RUBATO_HOST_DEVICE __host__ __device__ __forceinline__
#else
#define RUBATO_HOST_DEVICE inline
#endif

namespace rubato {

constexpr float kLog2E = 1.44269504f;

struct Bf16 {
  uint16_t bits;
};

RUBATO_HOST_DEVICE float ToFloat(float value) { return value; }
RUBATO_HOST_DEVICE float ToFloat(Bf16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.bits) << 16;
  float result;
  memcpy(&result, &bits, sizeof(result));
  return result;
}

// 16 bytes, so that the device moves it at once.
struct alignas(16) SoftmaxPart {
  float max;
  float sum;
  float distance;
  float windowed;
};

RUBATO_HOST_DEVICE SoftmaxPart EmptyPart() { return {-INFINITY, 0.0f, 0.0f, 0.0f}; }

// `max` is finite; a score of minus infinity weighs nothing.
RUBATO_HOST_DEVICE float WeightOf(float score, float max, float log2_scale) {
  return exp2f((score - max) * log2_scale);
}

template <bool kMeasure>
RUBATO_HOST_DEVICE void Rescale(float factor, SoftmaxPart* part) {
  part->sum *= factor;
  if (kMeasure) {
    part->distance *= factor;
    part->windowed *= factor;
  }
}

// Raises the part's maximum to at least `max` (finite).  Returns what everything relative to the old one is
// to be multiplied by.
template <bool kMeasure>
RUBATO_HOST_DEVICE float RaiseMax(float max, float log2_scale, SoftmaxPart* part) {
  const float raised = fmaxf(part->max, max);
  const float factor = WeightOf(part->max, raised, log2_scale);
  Rescale<kMeasure>(factor, part);
  part->max = raised;
  return factor;
}

// A key `lag` = t - s positions back.
template <bool kMeasure>
RUBATO_HOST_DEVICE void AddKey(float weight, int lag, int w, SoftmaxPart* part) {
  part->sum += weight;
  if (kMeasure) {
    part->distance = fmaf(weight, static_cast<float>(lag), part->distance);
    part->windowed = fmaf(weight, static_cast<float>(lag < w ? lag : w), part->windowed);
  }
}

// `other` with its maximum brought to that of `part` by `factor`.
template <bool kMeasure>
RUBATO_HOST_DEVICE void AddPart(const SoftmaxPart& other, float factor, SoftmaxPart* part) {
  part->sum = fmaf(other.sum, factor, part->sum);
  if (kMeasure) {
    part->distance = fmaf(other.distance, factor, part->distance);
    part->windowed = fmaf(other.windowed, factor, part->windowed);
  }
}

// C5; rounding may exceed w by an ulp.
RUBATO_HOST_DEVICE float WaadOf(const SoftmaxPart& row, int w) {
  return fminf(row.windowed / row.sum, static_cast<float>(w));
}

struct Span {
  int begin, end;
};

// The tiles of 64 keys that split `split` of `splits` reads for a row at position t; may be empty.
RUBATO_HOST_DEVICE Span TilesOfSplit(int t, int splits, int split) {
  const int tiles = t / kKeysPerTile + 1;
  const int each = (tiles + splits - 1) / splits;
  const int begin = each * split < tiles ? each * split : tiles;
  return {begin, begin + each < tiles ? begin + each : tiles};
}

// The positions whose FAI row t contributes to (C6'): [max(P, t - h_hi), t - h_lo]; may be empty.
RUBATO_HOST_DEVICE Span KeysOfRing(int t, int prompt, int h_lo, int h_hi) {
  const int oldest = t - h_hi;
  return {oldest > prompt ? oldest : prompt, t - h_lo + 1};
}

// `ring` [slots], slots a power of two: the first contribution assigns, later ones add.
RUBATO_HOST_DEVICE void AddToRing(float probability, int s, bool first, int slots, float* ring) {
  float* const slot = ring + (s & (slots - 1));
  *slot = first ? probability : *slot + probability;
}

// Slots for lags h_lo..h_hi in responses of at most `response_tokens`: a power of two.
RUBATO_HOST_DEVICE int RingSlotsFor(int h_lo, int h_hi, int response_tokens) {
  const int lags = h_hi - h_lo + 1;
  int slots = 1;
  while (slots < lags && slots < response_tokens) slots *= 2;
  return slots;
}

}  // namespace rubato
