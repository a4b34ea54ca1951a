#include "rollout/engine/live_sample.h"

#include <utility>

#include "kernels/sample.h"

namespace rubato {

namespace {

bool SameVersion(const WeightVersion& a, const WeightVersion& b) {
  return a.lineage() == b.lineage() && a.step() == b.step() && a.digest() == b.digest();
}

}  // namespace

LiveSample::LiveSample(const GroupTask& group, const SampleTask& task, KvSequence sequence)
    : max_new_tokens_(group.sampling.max_new_tokens()),
      inverse_temperature_(1.0f / static_cast<float>(group.sampling.temperature())),
      stream_(task.stream),
      sequence_(std::move(sequence)) {
  result_.tag = task.tag;
  if (group.capture.has_value()) {
    capture_.emplace(*group.capture, static_cast<int>(group.prompt_ids.size()),
                     static_cast<int>(max_new_tokens_));
  }
}

void LiveSample::Accept(std::span<const float> logits, const ModelConfig& config,
                        const WeightVersion& version) {
  const uint32_t position = static_cast<uint32_t>(result_.tokens.size());
  const double uniform = UniformDouble(Low64(Philox(stream_, {position, 0, 0, 0})));
  const SampledToken drawn = SampleToken(logits.data(), config.vocab, inverse_temperature_, uniform);
  result_.tokens.push_back(drawn.token);
  result_.logprobs.push_back(drawn.score.logprob);
  result_.entropies.push_back(drawn.score.entropy);
  if (result_.version_spans.empty() || !SameVersion(result_.version_spans.back().version(), version)) {
    VersionSpan span;
    span.set_first_token(position);
    *span.mutable_version() = version;
    result_.version_spans.push_back(std::move(span));
  }
  if (config.IsEndToken(drawn.token)) {
    End(FINISH_STOP);
  } else if (result_.tokens.size() == max_new_tokens_) {
    End(FINISH_LENGTH);
  }
}

void LiveSample::End(FinishReason reason) {
  result_.finish_reason = reason;
  phase_ = capture_.has_value() ? Phase::kLastRow : Phase::kDone;
}

TokenRow LiveSample::NextRow() {
  return {.sequence = &sequence_,
          .token = result_.tokens.back(),
          .until = phase_ == Phase::kLastRow ? TokenRow::Until::kLastSampled : TokenRow::Until::kLogits,
          .capture = capture_.has_value() ? &*capture_ : nullptr};
}

FinishedSample LiveSample::TakeResult() {
  if (capture_.has_value()) result_.attention = capture_->Finish(static_cast<int>(result_.tokens.size()));
  return std::move(result_);
}

}  // namespace rubato
