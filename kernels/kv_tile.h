#pragma once

// How keys and values lie in memory for attention.
//
// A sequence's positions are cut into tiles of 64 at absolute multiples of 64: tile i holds positions [64 i,
// 64 i + 64).  A tile of one layer is, for each KV head in turn, the keys transposed, [head_dim][64], then
// the values, [64][head_dim]; all fp32.  So 64 scores are 4 vectors, and a value row is contiguous. A page is
// one allocation that holds the tile of every layer, one after another; whoever owns the cache owns the
// pages, and sequences with a common prefix may point to the same page.  Tiles are 64-byte aligned; rows of
// values are where head_dim is a multiple of 16, and nothing is padded.  Slots after the last written
// position may hold anything, but must be readable.

#include <cstddef>

namespace rubato {

constexpr int kKeysPerTile = 64;

struct KvTileLayout {
  int kv_heads = 0;
  int head_dim = 0;

  // Floats of one layer's tile.
  size_t TileFloats() const { return static_cast<size_t>(kv_heads) * HeadFloats(); }
  // Offsets in floats from the start of the tile.
  size_t KeysOffset(int kv_head) const { return static_cast<size_t>(kv_head) * HeadFloats(); }
  size_t ValuesOffset(int kv_head) const { return KeysOffset(kv_head) + HeadFloats() / 2; }

 private:
  size_t HeadFloats() const { return 2 * static_cast<size_t>(head_dim) * kKeysPerTile; }
};

// Stores one token's keys and values, each [kv_heads * head_dim], after RoPE, into slot = position mod
// 64 of `tile`.
void WriteKv(const KvTileLayout& layout, const float* keys, const float* values, int slot, float* tile);

}  // namespace rubato
