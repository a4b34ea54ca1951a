#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model_config.h"
#include "policy/response_capture.h"
#include "rollout/engine/engine.h"
#include "rollout/engine/page_budget.h"

namespace rubato {

// One sample from its first token to its result.  Owned by the engine and driven by its steps:
//
//   Accept(logits of its last token) -> draws the next token -> NextRow() runs it -> Accept(...) -> ... ->
//   done()
//
// A measured sample runs one more row when its last token is drawn, so that every response token has been
// measured.
class LiveSample {
 public:
  // `sequence` is a fork of the prompt, in front of the first response token.
  LiveSample(const GroupTask& group, const SampleTask& task, KvSequence sequence);

  // Draws the next token from `logits`, those of unused ids lowered, under `version`.
  void Accept(std::span<const float> logits, const ModelConfig& config, const WeightVersion& version);

  // The row to run next; done() must be false.  Pointers into this sample.
  TokenRow NextRow();
  // To be called when a row without logits has been run.
  void LastRowRan() { phase_ = Phase::kDone; }

  bool done() const { return phase_ == Phase::kDone; }
  uint64_t tag() const { return result_.tag; }
  KvSequence* sequence() { return &sequence_; }
  // Once, when done().
  FinishedSample TakeResult();

  std::shared_ptr<PageBudget::Promise> prompt_pages;
  std::shared_ptr<PageBudget::Promise> own_pages;

 private:
  enum class Phase { kDecoding, kLastRow, kDone };

  void End(FinishReason reason);

  uint32_t max_new_tokens_;
  float inverse_temperature_;
  PhiloxKey stream_;
  KvSequence sequence_;
  std::optional<ResponseCapture> capture_;
  FinishedSample result_;
  Phase phase_ = Phase::kDecoding;
};

}  // namespace rubato
