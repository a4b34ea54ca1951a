#include "kernels/attention_isa.h"

#include "kernels/attention_measure.h"
#include "kernels/simd.h"

// Three passes per vector over a row of scores kept in scratch: scores, softmax, values.  The row of scores
// makes rescaling needless and gives the statistics normalised probabilities for the asking.  The first and
// the last pass hold several vectors in registers, so that keys and values are read once for all of them.

namespace rubato::RUBATO_ISA {
namespace {

// Vectors per register tile: kBatch x 4 accumulators plus operands must fit 32, 16 or no registers.
constexpr int kBatch = kLanes == 16 ? 6 : kLanes == 8 ? 2 : 1;
constexpr int kStripKeys = 4 * kLanes;

// scores[j][s] = q_j . k_s for kVecs vectors of keys from `s` on, all in one tile.
template <int kCount, int kVecs>
RUBATO_INLINE void ScoreStrip(const AttentionBlock& block, const float* const (&q)[kCount], int s,
                              float* scores) {
  const float* const page = block.keys.pages[s / kKeysPerTile];
  const float* keys = page + block.keys.offset + s % kKeysPerTile;
  // The values of these keys are wanted soon, and the processor's own prefetching stops at every 4 KiB.
  const float* values =
      page + block.values_offset + static_cast<ptrdiff_t>(s % kKeysPerTile) * block.head_dim;
  Vec sum[kCount][kVecs];
#pragma GCC unroll 8
  for (int j = 0; j < kCount; ++j) {
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) sum[j][v] = Set(0.0f);
  }
  for (int d = 0; d < block.head_dim; ++d) {
    Vec k[kVecs];
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) {
      k[v] = Load(keys + v * kLanes);
      __builtin_prefetch(values + v * kLanes);
    }
#pragma GCC unroll 8
    for (int j = 0; j < kCount; ++j) {
      const Vec x = Set(q[j][d]);
#pragma GCC unroll 4
      for (int v = 0; v < kVecs; ++v) sum[j][v] = Fma(x, k[v], sum[j][v]);
    }
    keys += kKeysPerTile;
    values += kVecs * kLanes;
  }
#pragma GCC unroll 8
  for (int j = 0; j < kCount; ++j) {
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) {
      Store(sum[j][v], scores + static_cast<size_t>(j) * block.scores_stride + s + v * kLanes);
    }
  }
}

// All keys up to the last position, in whole vectors: no more of the last tile is read than is written.
template <int kCount>
void ComputeScores(const AttentionBlock& block, int first) {
  const float* q[kCount];
#pragma GCC unroll 8
  for (int j = 0; j < kCount; ++j) q[j] = block.vectors[first + j].q;
  float* const scores = block.scores + static_cast<size_t>(first) * block.scores_stride;
  const int end = block.vectors[first + kCount - 1].position + 1;
  int s = 0;
  for (; s + kStripKeys <= end; s += kStripKeys) ScoreStrip<kCount, 4>(block, q, s, scores);
  switch ((end - s + kLanes - 1) / kLanes) {
    case 4:
      return ScoreStrip<kCount, 4>(block, q, s, scores);
    case 3:
      return ScoreStrip<kCount, 3>(block, q, s, scores);
    case 2:
      return ScoreStrip<kCount, 2>(block, q, s, scores);
    case 1:
      return ScoreStrip<kCount, 1>(block, q, s, scores);
  }
}

// Replaces the scores of one vector by e = exp((score - max) * scale) and returns 1 / sum of e.
template <bool kMeasured>
float Softmax(const AttentionBlock& block, const AttentionVector& vector, float* scores) {
  const int t = vector.position;
  const int end = (t / 16 + 1) * 16;
  for (int s = t + 1; s < end; ++s) scores[s] = -__builtin_inff();
  Vec16 largest = Load16(scores);
  for (int s = 16; s < end; s += 16) largest = Max(Load16(scores + s), largest);
  const float m = Largest(largest);

  const Vec16 scale = Set16(block.scale);
  Vec16 sum = Set16(0.0f);
  [[maybe_unused]] Vec16 distances = Set16(0.0f);
  [[maybe_unused]] Vec16 lag = Set16(static_cast<float>(t)) - LaneNumbers();
  const auto exponentiate = [&](int begin, int end) RUBATO_INLINE_LAMBDA {
    for (int s = begin; s < end; s += 16) {
      const Vec16 e = Exp((Load16(scores + s) - Set16(m)) * scale);
      Store16(e, scores + s);
      sum = sum + e;
      if constexpr (kMeasured) {
        distances = Fma(e, lag, distances);
        lag = lag - Set16(16.0f);
      }
    }
  };
  const int near = kMeasured ? BeginOfWindow(vector.stats->w, t) : 0;
  exponentiate(0, near);
  [[maybe_unused]] const Vec16 far_sum = sum;
  exponentiate(near, end);
  const float total = Sum(sum);
  if (vector.lse != nullptr) *vector.lse = __builtin_fmaf(m, block.scale, LogOf(total));
  const float inverse = 1.0f / total;
  if constexpr (kMeasured) {
    MeasureRow(*vector.stats, vector.head,
               {.t = t, .e = scores, .inverse = inverse, .distance = Sum(distances), .far = Sum(far_sum)});
  }
  return inverse;
}

// The part of the next block's keys that is as large as columns `col` and on of this tile's values.
RUBATO_INLINE const float* NextKeys(const AttentionBlock& block, int tile, int col) {
  if (tile >= block.next.tiles) return block.keys.pages[tile] + block.values_offset;  // in the cache already
  return block.next.pages[tile] + block.next.offset + static_cast<ptrdiff_t>(col) * kKeysPerTile;
}

// Columns col, ..., col + kColVecs * kLanes - 1 of out_j = (sum over keys of e_js v_s) * inverse_j, even and
// odd keys in chains of their own.  kTail: one vector, of which only the columns below head_dim exist.
template <int kCount, int kColVecs, bool kTail = false>
RUBATO_INLINE void ComputeColumns(const AttentionBlock& block, int first, const float* inverse, int col) {
  const AttentionVector* const vectors = block.vectors + first;
  const float* const e = block.scores + static_cast<size_t>(first) * block.scores_stride;
  const ptrdiff_t stride = static_cast<ptrdiff_t>(block.scores_stride);
  const ptrdiff_t dim = block.head_dim;
  [[maybe_unused]] const int tail = block.head_dim - col;
  const auto values_of = [&](int s) RUBATO_INLINE_LAMBDA {
    return block.keys.pages[s / kKeysPerTile] + block.values_offset + s % kKeysPerTile * dim + col;
  };
  Vec even[kCount][kColVecs];
  Vec odd[kCount][kColVecs];
#pragma GCC unroll 8
  for (int j = 0; j < kCount; ++j) {
#pragma GCC unroll 2
    for (int v = 0; v < kColVecs; ++v) even[j][v] = odd[j][v] = Set(0.0f);
  }
  const auto add = [&](int j, int s, const float* values, Vec(&sum)[kCount][kColVecs]) RUBATO_INLINE_LAMBDA {
    const Vec x = Set(e[j * stride + s]);
#pragma GCC unroll 2
    for (int v = 0; v < kColVecs; ++v) {
      const Vec y = kTail ? LoadPartial(values, tail) : Load(values + v * kLanes);
      sum[j][v] = Fma(x, y, sum[j][v]);
    }
  };

  const int common = vectors[0].position + 1;  // keys that all vectors see
  for (int tile = 0; tile < common; tile += kKeysPerTile) {
    const float* values = values_of(tile);
    const float* next = NextKeys(block, tile / kKeysPerTile, col);
    const int end = common - tile < kKeysPerTile ? common : tile + kKeysPerTile;
    int s = tile;
    for (; s + 2 <= end; s += 2) {
#pragma GCC unroll 8
      for (int j = 0; j < kCount; ++j) add(j, s, values, even);
#pragma GCC unroll 8
      for (int j = 0; j < kCount; ++j) add(j, s + 1, values + dim, odd);
      values += 2 * dim;
      for (int line = 0; line < 2 * kColVecs * kLanes; line += 16) __builtin_prefetch(next + line);
      next += 2 * kColVecs * kLanes;
    }
    if (s < end) {
#pragma GCC unroll 8
      for (int j = 0; j < kCount; ++j) add(j, s, values, even);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < kCount; ++j) {
    for (int s = common; s <= vectors[j].position; ++s) {
      if (s % 2 == 0) {
        add(j, s, values_of(s), even);
      } else {
        add(j, s, values_of(s), odd);
      }
    }
#pragma GCC unroll 2
    for (int v = 0; v < kColVecs; ++v) {
      const Vec out = (even[j][v] + odd[j][v]) * Set(inverse[j]);
      if constexpr (kTail) {
        StorePartial(out, vectors[j].out + col, tail);
      } else {
        Store(out, vectors[j].out + col + v * kLanes);
      }
    }
  }
}

template <int kCount>
void ComputeValues(const AttentionBlock& block, int first, const float* inverse) {
  int col = 0;
  for (; col + 2 * kLanes <= block.head_dim; col += 2 * kLanes) {
    ComputeColumns<kCount, 2>(block, first, inverse, col);
  }
  if (col + kLanes <= block.head_dim) {
    ComputeColumns<kCount, 1>(block, first, inverse, col);
    col += kLanes;
  }
  if (col < block.head_dim) ComputeColumns<kCount, 1, true>(block, first, inverse, col);
}

template <int kCount>
void AttendVectors(const AttentionBlock& block, int first) {
  ComputeScores<kCount>(block, first);
  float inverse[kCount];
  for (int j = 0; j < kCount; ++j) {
    const AttentionVector& vector = block.vectors[first + j];
    float* const scores = block.scores + static_cast<size_t>(first + j) * block.scores_stride;
    inverse[j] = vector.stats == nullptr ? Softmax<false>(block, vector, scores)
                                         : Softmax<true>(block, vector, scores);
  }
  ComputeValues<kCount>(block, first, inverse);
}

}  // namespace

void AttendBlock(const AttentionBlock& block) {
  const int batches = (block.count + kBatch - 1) / kBatch;
  for (int i = 0; i < batches; ++i) {
    const int first = block.count * i / batches;
    switch (block.count * (i + 1) / batches - first) {
#define RUBATO_COUNT(n)                                        \
  case n:                                                      \
    if constexpr (n <= kBatch) AttendVectors<n>(block, first); \
    break;
      RUBATO_COUNT(1)
      RUBATO_COUNT(2)
      RUBATO_COUNT(3)
      RUBATO_COUNT(4)
      RUBATO_COUNT(5)
      RUBATO_COUNT(6)
#undef RUBATO_COUNT
    }
  }
}

}  // namespace rubato::RUBATO_ISA
