#include "policy/kv_cache.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace rubato {

namespace {

int64_t PageFloats(const ModelConfig& config) {
  return int64_t{2} * config.layers * config.kv_width() * KvCache::kPageTokens;
}

}  // namespace

int64_t KvCache::PageBytes(const ModelConfig& config) { return PageFloats(config) * 4; }

KvCache::KvCache(const ModelConfig& config, int64_t budget_bytes)
    : tile_{.kv_heads = config.kv_heads, .head_dim = config.head_dim},
      page_floats_(PageFloats(config)),
      pages_(static_cast<size_t>(std::max<int64_t>(0, budget_bytes / PageBytes(config)))) {
  // The lowest ids are taken first, so a light load touches little memory.
  for (int64_t id = page_count() - 1; id >= 0; --id) free_.push_back(static_cast<int32_t>(id));
}

int64_t KvCache::PagesToExtend(const KvSequence& sequence, int64_t tokens) {
  return PagesFor(sequence.length + tokens) - static_cast<int64_t>(sequence.pages.size());
}

absl::Status KvCache::CheckFree(int64_t pages) const {
  if (pages <= free_pages()) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the KV cache has ", free_pages(), " of ", page_count(),
                                                   " pages free and ", pages, " are needed"));
}

void KvCache::TakePage(KvSequence* sequence) {
  const int32_t id = free_.back();
  free_.pop_back();
  Page& page = pages_[id];
  if (page.memory.size() == 0) page.memory = Slab(page_floats_);
  page.references = 1;
  sequence->pages.push_back(page.memory.data());
  sequence->page_ids.push_back(id);
}

absl::Status KvCache::Extend(KvSequence* sequence, int64_t tokens) {
  const int64_t needed = PagesToExtend(*sequence, tokens);
  if (absl::Status status = CheckFree(needed); !status.ok()) return status;
  for (int64_t i = 0; i < needed; ++i) TakePage(sequence);
  sequence->length += tokens;
  return absl::OkStatus();
}

absl::StatusOr<KvSequence> KvCache::Fork(const KvSequence& sequence) {
  const size_t shared = static_cast<size_t>(sequence.length / kPageTokens);
  const bool partial = sequence.length % kPageTokens != 0;
  if (absl::Status status = CheckFree(partial ? 1 : 0); !status.ok()) return status;
  KvSequence fork;
  fork.length = sequence.length;
  fork.pages.assign(sequence.pages.begin(), sequence.pages.begin() + shared);
  fork.page_ids.assign(sequence.page_ids.begin(), sequence.page_ids.begin() + shared);
  for (const int32_t id : fork.page_ids) ++pages_[id].references;
  if (partial) {
    TakePage(&fork);
    std::copy_n(sequence.pages[shared], page_floats_, fork.pages[shared]);
  }
  return fork;
}

void KvCache::Release(KvSequence* sequence) {
  for (const int32_t id : sequence->page_ids) {
    if (--pages_[id].references == 0) free_.push_back(id);
  }
  *sequence = KvSequence();
}

}  // namespace rubato
