#pragma once

// What one row leaves behind in the statistics of one query head.  Included by attention_isa.cc alone.

#include "kernels/attention_stats.h"
#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

// One row's unnormalised probabilities; e[s] * inverse is its attention on key s <= t.
struct MeasuredRow {
  int t;
  const float* e;
  float inverse;
  float distance;  // sum of e[s] (t - s)
  float far;       // sum of e[s] over s < BeginOfWindow(w, t)
};

// Where the keys whose distance is to be looked at begin: the last w, from a multiple of 16.  Those
// before count w.
RUBATO_INLINE int BeginOfWindow(int w, int t) { return t + 1 > w ? (t + 1 - w) / 16 * 16 : 0; }

// WAAD (C5): all terms are positive, so nothing cancels, unlike in C5'.  Rounding may still exceed w
// by an ulp.
inline float Waad(int w, const MeasuredRow& row) {
  const Vec16 longest = Set16(static_cast<float>(w));
  const int begin = BeginOfWindow(w, row.t);
  Vec16 lag = Set16(static_cast<float>(row.t - begin)) - LaneNumbers();
  Vec16 sum = Set16(0.0f);
  for (int s = begin; s <= row.t; s += 16) {
    sum = Fma(Load16(row.e + s), Min(longest, lag), sum);
    lag = lag - Set16(16.0f);
  }
  const float waad = __builtin_fmaf(static_cast<float>(w), row.far, Sum(sum)) * row.inverse;
  return waad > static_cast<float>(w) ? static_cast<float>(w) : waad;
}

// FAI (C6'): row t adds its probabilities to the slots of positions [begin, t - h_lo), wrapping
// around the ring.
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

inline void MeasureRow(const AttentionStatsBuffers& stats, int head, const MeasuredRow& row) {
  const int first = stats.prompt_tokens;
  const ptrdiff_t line = static_cast<ptrdiff_t>(head) * stats.stride;
  stats.distance[head] += row.distance * row.inverse;
  stats.waad[line + row.t - first] = Waad(stats.w, row);

  float* const ring = stats.ring + static_cast<ptrdiff_t>(head) * stats.ring_slots;
  const int newest = row.t - stats.h_lo;
  const int oldest = row.t - stats.h_hi;
  if (newest < first) return;
  AddToRing(stats, oldest > first ? oldest : first, newest, row.e, row.inverse, ring);
  ring[newest & (stats.ring_slots - 1)] = row.e[newest] * row.inverse;
  if (oldest >= first) {
    stats.fai[line + oldest - first] =
        ring[oldest & (stats.ring_slots - 1)] / static_cast<float>(stats.h_hi - stats.h_lo + 1);
  }
}

}  // namespace rubato::RUBATO_ISA
