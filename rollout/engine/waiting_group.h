#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "policy/kv_cache.h"
#include "policy/model_config.h"
#include "rollout/engine/engine.h"
#include "rollout/engine/page_budget.h"

namespace rubato {

// A group of which some samples have not been started yet, and its prompt's progress.  Owned by the engine.
struct WaitingGroup {
  GroupTask task;
  std::shared_ptr<PageBudget::Promise> prompt_pages;  // null: not admitted yet, nothing is in the cache
  KvSequence prompt;
  std::vector<float> logits;  // after the last prompt token; empty until then
  size_t started = 0;         // samples, from the first on

  int64_t prompt_tokens() const { return static_cast<int64_t>(task.prompt_ids.size()); }
  bool prefilled() const { return !logits.empty(); }
  bool all_started() const { return started == task.samples.size(); }

  // Pages that the prompt takes, and that a sample of it can ever take beside those it shares.
  int64_t PromptPages() const { return KvCache::PagesFor(prompt_tokens()); }
  int64_t SamplePages() const {
    return KvCache::PagesFor(prompt_tokens() + task.sampling.max_new_tokens()) -
           prompt_tokens() / KvCache::kPageTokens;
  }
};

// INVALID_ARGUMENT, naming the value, when `group` could never run on this model in `pages` pages of KV
// cache.
absl::Status CheckGroup(const WaitingGroup& group, const ModelConfig& config, int64_t pages);

}  // namespace rubato
