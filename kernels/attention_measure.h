#pragma once

// What one row leaves behind in the statistics of one query head.  Included by attention_isa.cc alone.

#include "kernels/attention_stats.h"
#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

// WAAD by C5': W minus what the last W keys fall short of distance W.  Rounding may leave [0, W] by an ulp.
inline float Waad(int w, int t, const float* e, float inverse) {
  const int begin = t + 1 - w > 0 ? t + 1 - w : 0;
  Vec16 shortfall = Set16(0.0f);
  Vec16 weight = LaneNumbers() + Set16(static_cast<float>(w - (t - begin)));
  for (int s = begin; s <= t; s += 16) {
    const int n = t + 1 - s < 16 ? t + 1 - s : 16;
    shortfall = Fma(LoadSome(e + s, n), weight, shortfall);
    weight = weight + Set16(16.0f);
  }
  const float whole = static_cast<float>(w);
  const float waad = whole - Sum(shortfall) * inverse;
  return waad < 0.0f ? 0.0f : waad > whole ? whole : waad;
}

// FAI (C6'): row t adds its probabilities to the slots of positions [begin, t - h_lo), wrapping around the
// ring.
inline void AddToRing(const AttentionStatsBuffers& stats, int begin, int end, const float* e, float inverse,
                      float* ring) {
  const Vec16 scale = Set16(inverse);
  for (int s = begin; s < end;) {
    const int slot = s & (stats.ring_slots - 1);
    int n = end - s < 16 ? end - s : 16;
    if (stats.ring_slots - slot < n) n = stats.ring_slots - slot;
    StoreSome(Fma(LoadSome(e + s, n), scale, LoadSome(ring + slot, n)), ring + slot, n);
    s += n;
  }
}

// e[s] * inverse is the attention of row t on key s <= t; `distance` is the row's sum of attention times
// distance.
inline void MeasureRow(const AttentionStatsBuffers& stats, int head, int t, const float* e, float inverse,
                       float distance) {
  const int first = stats.prompt_tokens;
  const ptrdiff_t row = static_cast<ptrdiff_t>(head) * stats.stride;
  stats.distance[head] += distance;
  stats.waad[row + t - first] = Waad(stats.w, t, e, inverse);

  float* const ring = stats.ring + static_cast<ptrdiff_t>(head) * stats.ring_slots;
  const int newest = t - stats.h_lo;
  const int oldest = t - stats.h_hi;
  if (newest < first) return;
  AddToRing(stats, oldest > first ? oldest : first, newest, e, inverse, ring);
  ring[newest & (stats.ring_slots - 1)] = e[newest] * inverse;
  if (oldest >= first) {
    stats.fai[row + oldest - first] =
        ring[oldest & (stats.ring_slots - 1)] / static_cast<float>(stats.h_hi - stats.h_lo + 1);
  }
}

}  // namespace rubato::RUBATO_ISA
