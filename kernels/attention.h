#pragma once

// Causal attention of single query rows against paged keys and values, in fp32: the one function behind
// decode, chunked prefill, scoring and the learner's forward.
//
// Numerics: for a row at position t and each query head, scores are fused multiply-add chains over head_dim
// in ascending order; the maximum is exact; e = exp((score - max) * scale); their sum runs over 16 lanes (key
// s in lane s mod 16) that a fixed tree adds up; out = (sum of e V) / (sum of e), the sum of e V as two
// chains over even and odd keys, left to right over the tiles.  All of it depends on the row's own q and on
// keys and values 0..t alone, so the bits are the same whatever else is in the call, however the prompt was
// cut into chunks, and whoever shares the pages.

#include <span>

#include "kernels/attention_stats.h"
#include "kernels/kv_tile.h"
#include "kernels/parallel.h"

namespace rubato {

struct AttentionShape {
  int heads = 0;    // query heads, a multiple of kv.kv_heads; head h reads KV head h / (heads / kv_heads)
  KvTileLayout kv;  // kv.head_dim >= 1; multiples of 16 are read fastest
  float scale = 0;  // 1 / sqrt(head_dim); > 0
};

struct AttentionRow {
  // pages[i] + page_offset is this layer's tile of positions [64 i, 64 i + 64), for i <= position / 64.  Keys
  // and values of positions 0..position are written before the call.
  const float* const* pages = nullptr;
  size_t page_offset = 0;
  int position = 0;
  const float* q = nullptr;  // [heads * head_dim], after QK-norm and RoPE
  float* out = nullptr;      // [heads * head_dim]; must not overlap any q of the call
  float* lse = nullptr;      // [heads] or null: log of the sum of exp(score * scale), for the backward pass
  // Null: nothing is measured, at no cost.  Otherwise the next row of this response in this layer.
  AttentionStatsState* stats = nullptr;
};

// Neighbouring rows with the same `pages` and ascending positions share the reading of keys and values:
// keep the rows of one sequence together.  Threads split sequences, rows without statistics and KV
// heads; never keys.
void Attention(const AttentionShape& shape, std::span<const AttentionRow> rows, ThreadPool* pool = nullptr);

}  // namespace rubato
