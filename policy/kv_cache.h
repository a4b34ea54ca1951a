#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "policy/model_config.h"
#include "policy/slab.h"

namespace rubato {

// The keys and values of one token sequence: a list of pages of 64 positions, at absolute multiples of 64.  A
// handle with the cache's book-keeping; made, grown, forked and released by KvCache only.
struct KvSequence {
  std::vector<int32_t> pages;
  int64_t length = 0;  // positions that hold keys and values in every layer that was run
};

// A pool of pages for all sequences of one engine.  A page holds 64 positions of every layer and KV head.
// Sequences that were forked share their full pages; a page is written only while one sequence refers to it.
//
// Not thread-safe: one owner.  Reads of pages by the kernels' threads inside one forward pass are fine.
class KvCache {
 public:
  static constexpr int kPageTokens = 64;

  // As many pages as fit in `budget_bytes` (memory is taken page by page, when first used).
  KvCache(const ModelConfig& config, int64_t budget_bytes);

  int64_t page_bytes() const { return page_floats_ * 4; }
  int64_t page_count() const { return static_cast<int64_t>(pages_.size()); }
  int64_t free_pages() const { return page_count() - used_pages_; }
  static int64_t PagesFor(int64_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

  // Makes room for `tokens` more positions and counts them into `length`.  RESOURCE_EXHAUSTED, changing
  // nothing, when the pool has too few free pages.
  absl::Status Extend(KvSequence* sequence, int64_t tokens);

  // A second sequence with the same past: shares full pages, copies the partly filled one. RESOURCE_EXHAUSTED
  // when no page is free for the copy.
  absl::StatusOr<KvSequence> Fork(const KvSequence& sequence);

  // Gives the pages back and empties the sequence.
  void Release(KvSequence* sequence);

  // Tiles of one layer and KV head within a page, in the layout of kernels/attention.h.
  float* KeyTile(int32_t page, int layer, int kv_head);
  float* ValueTile(int32_t page, int layer, int kv_head);

 private:
  struct Page {
    Slab memory;
    int references = 0;
  };
  absl::StatusOr<int32_t> TakePage();
  int64_t TileOffset(int layer, int kv_head) const;

  int kv_heads_;
  int64_t tile_floats_;  // keys or values of one layer and head
  int64_t page_floats_;
  std::vector<Page> pages_;
  std::vector<int32_t> free_;
  int64_t used_pages_ = 0;
};

}  // namespace rubato
