#pragma once

// What the CUDA kernels of decode attention are called with, and the calls, unchecked.  For the checked
// adapter (attention_cuda.h), which says what the fields mean; C++17, because nvcc reads it.

#include <cstddef>

namespace rubato {

enum class KvTypeCuda { kF32, kBf16 };

// Statistics of the sequences in flight, in one layer.  Device memory of the caller; nothing has to be
// cleared before a slot is used or used again.
struct AttentionStatsPoolCuda {
  int w = 10;                  // window of WAAD (C5) in tokens, >= 1
  int h_lo = 10;               // first future lag of FAI (C6), >= 0
  int h_hi = 100;              // last future lag, inclusive, >= h_lo
  int slots = 0;               // sequences there is room for
  int response_tokens = 0;     // per slot: the most rows that are measured
  int ring_slots = 0;          // RingSlotsFor(h_lo, h_hi, response_tokens), or a greater power of two
  float* ring = nullptr;       // [slots, heads, ring_slots]
  float* waad = nullptr;       // [slots, heads, response_tokens], by response position
  float* fai = nullptr;        // like waad; complete after FinishAttentionStatsCuda
  double* distance = nullptr;  // [slots, heads]: sum over the measured rows; d (C2) is this by their number
};

struct AttentionCallCuda {
  int rows = 0;   // one token each, of as many sequences
  int heads = 0;  // query heads, a multiple of kv_heads; head h reads KV head h / (heads / kv_heads)
  int kv_heads = 0;
  int head_dim = 0;  // 1..256
  float scale = 0;   // of the scores; usually 1 / sqrt(head_dim)
  int splits = 1;    // parts that a row's keys are cut into, 1..kMaxSplitsCuda

  // Pages, as kv_tile.h has them with elements of kv_type: row r's tile of positions [64 i, 64 i + 64) starts
  // at element page_table[r * pages_per_row + i] * page_elements + page_offset of pool.
  KvTypeCuda kv_type = KvTypeCuda::kF32;
  const void* pool = nullptr;
  size_t page_elements = 0;         // of a page: the tiles of all layers
  size_t page_offset = 0;           // of this layer's tile in its page
  const int* page_table = nullptr;  // [rows, pages_per_row]; entries after position / 64 are not read
  int pages_per_row = 0;

  const int* positions = nullptr;  // [rows]; keys and values of 0..position are written before the call
  const float* q = nullptr;        // [rows, heads, head_dim], after QK-norm and RoPE
  float* out = nullptr;            // like q; must not overlap it

  void* workspace = nullptr;  // AttentionWorkspaceBytesCuda, aligned to 16; contents mean nothing afterwards
  size_t workspace_bytes = 0;

  // Null: nothing is measured, by kernels that hold no code for it.  Otherwise [rows]: the slot in `stats` of
  // the row's sequence, or -1 for a row that is not measured.
  const int* stats_slots = nullptr;
  const int* prompt_tokens = nullptr;  // [rows] P; read where a row is measured
  AttentionStatsPoolCuda stats = {};
};

// Ends `count` responses; the arrays are on the device.
struct AttentionFinishCuda {
  int count = 0;
  int heads = 0;
  const int* slots = nullptr;          // [count]
  const int* prompt_tokens = nullptr;  // [count] P
  const int* tokens = nullptr;         // [count] N: rows P..N-1 were measured
  AttentionStatsPoolCuda stats = {};
};

constexpr int kMaxSplitsCuda = 256;

// Floats of the parts of the workspace: part headers, their outputs, the scores that the ring wants.
struct AttentionWorkspaceCuda {
  size_t part_floats, out_floats, score_floats;
};

constexpr AttentionWorkspaceCuda WorkspaceOf(const AttentionCallCuda& call) {
  const size_t heads = static_cast<size_t>(call.rows) * static_cast<size_t>(call.heads);
  const size_t parts = heads * static_cast<size_t>(call.splits);
  return {4 * parts, parts * static_cast<size_t>(call.head_dim),
          call.stats_slots == nullptr ? 0 : heads * static_cast<size_t>(call.stats.ring_slots)};
}

// Both enqueue on `stream`, a cudaStream_t, and return null or the launch's error.  In a build without CUDA
// they return kWithoutCuda.
const char* LaunchAttentionCuda(const AttentionCallCuda& call, void* stream);
const char* LaunchAttentionFinishCuda(const AttentionFinishCuda& call, void* stream);

extern const char kWithoutCuda[];

}  // namespace rubato
