#include "rollout/engine/engine.h"

#include <algorithm>
#include <deque>
#include <list>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "rollout/engine/live_sample.h"
#include "rollout/engine/page_budget.h"
#include "rollout/engine/waiting_group.h"

namespace rubato {

namespace {

class BatchEngine final : public Engine {
 public:
  BatchEngine(const ModelConfig& config, const EngineOptions& options)
      : options_(options),
        model_(config),
        cache_(config, options.kv_bytes),
        decoder_(&model_, &cache_, options.threads),
        budget_(cache_.page_count()) {}

  absl::Status SetWeights(std::shared_ptr<const Slab> weights, const WeightVersion& version) override;
  SlabDigest DigestServed() const override { return DigestSlab(model_.Unpack().bytes()); }
  std::shared_ptr<const Slab> weights() const override { return weights_; }
  const WeightVersion& version() const override { return version_; }

  absl::Status AddGroup(GroupTask group) override;
  void Cancel(const std::vector<uint64_t>& tags) override;
  absl::Status Step() override;
  std::vector<FinishedSample> TakeFinished() override { return std::exchange(finished_, {}); }

  int live_samples() const override { return static_cast<int>(live_.size()); }
  int waiting_samples() const override;
  int64_t generated_tokens() const override { return generated_tokens_; }

 private:
  // A group whose prompt reaches its end in this step, and the row that does it.
  struct PrefilledRow {
    WaitingGroup* group;
    size_t row;
  };

  void AddPrefillRows(std::vector<TokenRow>* rows, std::vector<PrefilledRow>* ends);
  bool Admit(WaitingGroup* group);
  void AcceptLogits();
  std::span<const float> SamplingLogits(size_t row);
  void Draw(LiveSample* sample, std::span<const float> logits);
  absl::Status StartSamples();
  void CollectFinished();
  void Forget(WaitingGroup* group);

  EngineOptions options_;
  Model model_;
  KvCache cache_;
  Decoder decoder_;
  PageBudget budget_;  // before those who hold its promises

  std::shared_ptr<const Slab> weights_;
  WeightVersion version_;
  std::deque<WaitingGroup> waiting_;
  std::list<LiveSample> live_;  // rows of a step point into it
  std::vector<FinishedSample> finished_;
  int64_t generated_tokens_ = 0;
};

absl::Status BatchEngine::SetWeights(std::shared_ptr<const Slab> weights, const WeightVersion& version) {
  if (weights == nullptr || weights->size() != model_.layout().size()) {
    return absl::InvalidArgumentError(absl::StrCat("weights hold ", weights == nullptr ? 0 : weights->size(),
                                                   " numbers, the model has ", model_.layout().size()));
  }
  model_.Repack(*weights, decoder_.pool());
  weights_ = std::move(weights);
  version_ = version;
  for (WaitingGroup& group : waiting_) Forget(&group);
  return absl::OkStatus();
}

// Takes back what was computed of a prompt.  Pages that live samples share stay theirs, and so does their
// promise.
void BatchEngine::Forget(WaitingGroup* group) {
  cache_.Release(&group->prompt);
  group->logits.clear();
  group->prompt_pages = nullptr;
}

absl::Status BatchEngine::AddGroup(GroupTask task) {
  WaitingGroup group;
  group.task = std::move(task);
  RETURN_IF_ERROR(CheckGroup(group, model_.config(), budget_.pages()));
  waiting_.push_back(std::move(group));
  return absl::OkStatus();
}

void BatchEngine::Cancel(const std::vector<uint64_t>& tags) {
  const std::unordered_set<uint64_t> unwanted(tags.begin(), tags.end());
  for (WaitingGroup& group : waiting_) {
    auto& samples = group.task.samples;
    samples.erase(std::remove_if(samples.begin() + static_cast<std::ptrdiff_t>(group.started), samples.end(),
                                 [&](const SampleTask& sample) { return unwanted.contains(sample.tag); }),
                  samples.end());
    if (group.all_started()) Forget(&group);
  }
  std::erase_if(waiting_, [](const WaitingGroup& group) { return group.all_started(); });
  live_.remove_if([&](LiveSample& sample) {
    if (!unwanted.contains(sample.tag())) return false;
    cache_.Release(sample.sequence());
    return true;
  });
}

int BatchEngine::waiting_samples() const {
  size_t count = 0;
  for (const WaitingGroup& group : waiting_) count += group.task.samples.size() - group.started;
  return static_cast<int>(count);
}

absl::Status BatchEngine::Step() {
  if (weights_ == nullptr)
    return absl::FailedPreconditionError("the engine has no weights yet; set them first");
  std::vector<TokenRow> rows;
  for (LiveSample& sample : live_) rows.push_back(sample.NextRow());
  std::vector<PrefilledRow> ends;
  AddPrefillRows(&rows, &ends);
  RETURN_IF_ERROR(Annotate(decoder_.Forward(rows), "generation step"));
  AcceptLogits();
  for (const PrefilledRow& end : ends) {
    const std::span<const float> logits = SamplingLogits(end.row);
    end.group->logits.assign(logits.begin(), logits.end());
  }
  RETURN_IF_ERROR(StartSamples());
  CollectFinished();
  return absl::OkStatus();
}

// Prompts of the groups whose samples can start soonest, in the order in which they came.
void BatchEngine::AddPrefillRows(std::vector<TokenRow>* rows, std::vector<PrefilledRow>* ends) {
  int64_t rows_left = options_.prefill_rows_per_step;
  int64_t places_left = options_.max_sequences - live_samples();
  for (WaitingGroup& group : waiting_) {
    if (places_left <= 0 || rows_left <= 0 || !Admit(&group)) return;
    places_left -= static_cast<int64_t>(group.task.samples.size() - group.started);
    if (group.prefilled()) continue;
    const int64_t begin = group.prompt.length;
    const int64_t end = std::min(group.prompt_tokens(), begin + rows_left);
    rows_left -= end - begin;
    for (int64_t i = begin; i < end; ++i) {
      const bool last = i + 1 == group.prompt_tokens();
      if (last) ends->push_back({&group, rows->size()});
      rows->push_back({.sequence = &group.prompt,
                       .token = group.task.prompt_ids[static_cast<size_t>(i)],
                       .until = last ? TokenRow::Until::kLogits : TokenRow::Until::kKeysAndValues});
    }
  }
}

// True when the prompt's pages are promised.  They are only as long as every admitted group could still start
// one sample when nothing else is live: prompts alone must not use up the cache.
bool BatchEngine::Admit(WaitingGroup* group) {
  if (group->prompt_pages != nullptr) return true;
  int64_t sample_pages = group->SamplePages();
  for (const WaitingGroup& other : waiting_) {
    if (other.prompt_pages != nullptr) sample_pages = std::max(sample_pages, other.SamplePages());
  }
  if (!budget_.Covers(group->PromptPages() + sample_pages)) return false;
  group->prompt_pages = budget_.Take(group->PromptPages());
  return true;
}

// Live samples were the first rows of the call, in their order.
void BatchEngine::AcceptLogits() {
  size_t row = 0;
  for (LiveSample& sample : live_) {
    if (sample.NextRow().until == TokenRow::Until::kLogits) {
      Draw(&sample, SamplingLogits(row));
    } else {
      sample.LastRowRan();
    }
    ++row;
  }
}

std::span<const float> BatchEngine::SamplingLogits(size_t row) {
  const std::span<float> logits = decoder_.logits(row);
  options_.unused_ids.Mask(logits.data());
  return logits;
}

void BatchEngine::Draw(LiveSample* sample, std::span<const float> logits) {
  sample->Accept(logits, model_.config(), version_);
  ++generated_tokens_;
}

// First come, first served: a group that does not fit holds back those behind it, or it might wait forever.
absl::Status BatchEngine::StartSamples() {
  while (!waiting_.empty() && waiting_.front().prefilled() && live_samples() < options_.max_sequences) {
    WaitingGroup& group = waiting_.front();
    if (!budget_.Covers(group.SamplePages())) return absl::OkStatus();
    ASSIGN_OR_RETURN(KvSequence fork, cache_.Fork(group.prompt));
    LiveSample& sample = live_.emplace_back(group.task, group.task.samples[group.started++], std::move(fork));
    sample.prompt_pages = group.prompt_pages;
    sample.own_pages = budget_.Take(group.SamplePages());
    Draw(&sample, group.logits);
    if (!group.all_started()) continue;
    cache_.Release(&group.prompt);
    waiting_.pop_front();
  }
  return absl::OkStatus();
}

void BatchEngine::CollectFinished() {
  live_.remove_if([&](LiveSample& sample) {
    if (!sample.done()) return false;
    cache_.Release(sample.sequence());
    finished_.push_back(sample.TakeResult());
    return true;
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(const ModelConfig& config,
                                                       const EngineOptions& options) {
  if (options.max_sequences < 1 || options.threads < 1 || options.prefill_rows_per_step < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("engine: max_sequences is ", options.max_sequences, ", threads ", options.threads,
                     ", prefill_rows_per_step ", options.prefill_rows_per_step, "; each must be at least 1"));
  }
  if (options.kv_bytes < KvCache::PageBytes(config)) {
    return absl::InvalidArgumentError(absl::StrCat("engine: a KV budget of ", options.kv_bytes,
                                                   " bytes holds no page of ", KvCache::PageBytes(config),
                                                   " bytes"));
  }
  return std::make_unique<BatchEngine>(config, options);
}

}  // namespace rubato
