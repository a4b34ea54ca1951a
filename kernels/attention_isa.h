#pragma once

#include <cstddef>

#include "kernels/attention_stats.h"
#include "kernels/dispatch.h"
#include "kernels/kv_tile.h"

// Private to kernels/: attention.h for neighbouring rows of one sequence and one KV head,
// per instruction set.

namespace rubato {

// Where the keys of one KV head lie: tile i is [head_dim][64] at pages[i] + offset.
struct AttentionKeys {
  const float* const* pages;
  size_t offset;
  int tiles;
};

// Most query vectors (rows times query heads of the KV head) of a block.
constexpr int kMaxAttentionVectors = 64;

// One row with one query head.
struct AttentionVector {
  int position;
  const float* q;                      // [head_dim]
  float* out;                          // [head_dim]
  float* lse;                          // or null
  int head;                            // in the statistics
  const AttentionStatsBuffers* stats;  // or null: not measured
};

struct AttentionBlock {
  AttentionKeys keys;
  size_t values_offset;  // the values of tile i are [64][head_dim] at keys.pages[i] + values_offset
  AttentionKeys next;    // what the following block reads first, to be fetched early; 0 tiles: nothing
  int head_dim;
  float scale;
  // Ascending positions; the heads of a row are neighbours.
  int count;
  AttentionVector vectors[kMaxAttentionVectors];
  // Scratch [count][scores_stride]: a multiple of 64 greater than every position, 64-byte aligned.
  float* scores;
  size_t scores_stride;
};

RUBATO_DECLARE_FOR_ISAS(void AttendBlock(const AttentionBlock& block);)

}  // namespace rubato
