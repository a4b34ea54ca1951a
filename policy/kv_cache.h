#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/kv_tile.h"
#include "policy/model_config.h"
#include "policy/slab.h"

namespace rubato {

// The keys and values of one token sequence.  Made, grown, forked and released by KvCache only; a copy of the
// struct is not a copy of the sequence.
struct KvSequence {
  std::vector<float*> pages;      // pages[i]: positions [64 i, 64 i + 64), as kernels/kv_tile.h lays them out
  std::vector<int32_t> page_ids;  // of the same pages
  int64_t length = 0;             // positions taken
};

// A pool of pages for all sequences of one engine.  A page holds 64 positions of every layer and KV head.
// Sequences that were forked share their full pages; a page that can still be written belongs to one
// sequence.
//
// Not thread-safe: one owner.
class KvCache {
 public:
  static constexpr int kPageTokens = kKeysPerTile;

  static int64_t PageBytes(const ModelConfig& config);
  static int64_t PagesFor(int64_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

  // As many pages as fit into `budget_bytes`.  Memory is taken page by page, at first use, and kept.
  KvCache(const ModelConfig& config, int64_t budget_bytes);

  int64_t page_count() const { return static_cast<int64_t>(pages_.size()); }
  int64_t free_pages() const { return static_cast<int64_t>(free_.size()); }

  // Pages that Extend(sequence, tokens) would take from the pool.
  static int64_t PagesToExtend(const KvSequence& sequence, int64_t tokens);

  // Takes `tokens` more positions.  RESOURCE_EXHAUSTED, changing nothing, when the pool has too few free
  // pages.
  absl::Status Extend(KvSequence* sequence, int64_t tokens);

  // A second sequence with the same past: shares full pages, copies the partly filled one. RESOURCE_EXHAUSTED
  // when no page is free for the copy.
  absl::StatusOr<KvSequence> Fork(const KvSequence& sequence);

  // Gives the pages back and empties the sequence.
  void Release(KvSequence* sequence);

  // Floats from the start of a page to the tile of `layer`.
  size_t LayerOffset(int layer) const { return layer * tile_.TileFloats(); }
  const KvTileLayout& tile() const { return tile_; }

 private:
  struct Page {
    Slab memory;
    int references = 0;
  };
  absl::Status CheckFree(int64_t pages) const;
  void TakePage(KvSequence* sequence);

  KvTileLayout tile_;
  int64_t page_floats_;
  std::vector<Page> pages_;
  std::vector<int32_t> free_;
};

}  // namespace rubato
