#include "rollout/sample_builder.h"

#include <utility>

#include "common/bytes.h"
#include "stats/capture.h"
#include "stats/wire.h"

namespace rubato {
namespace {

Verdict::Outcome OutcomeOf(Judgement::Outcome outcome) {
  switch (outcome) {
    case Judgement::Outcome::kOk:
      return Verdict::OK;
    case Judgement::Outcome::kTimeout:
      return Verdict::TIMEOUT;
    case Judgement::Outcome::kCrashed:
      return Verdict::CRASHED;
  }
  return Verdict::CRASHED;
}

void SetVerdict(const Judgement& judgement, Verdict* verdict) {
  verdict->set_outcome(OutcomeOf(judgement.outcome));
  verdict->set_detail(judgement.detail);
  if (judgement.outcome != Judgement::Outcome::kOk) return;
  verdict->set_reward(judgement.reward);
  for (const RewardTerm& term : judgement.parts) {
    RewardPart* part = verdict->add_parts();
    part->set_name(term.name);
    part->set_value(term.value);
    part->set_weight(1);
  }
}

void SetSegments(const GeneratedSample& generated, Sample* sample) {
  Segment* prompt = sample->add_segments();
  prompt->set_kind(Segment::PROMPT);
  prompt->set_token_ids(generated.work->prompt_ids());
  Segment* policy = sample->add_segments();
  policy->set_kind(Segment::POLICY);
  policy->set_token_ids(PackInt32(generated.result.tokens));
  policy->set_logprobs(PackFloat(generated.result.logprobs));
  policy->set_entropies(PackFloat(generated.result.entropies));
}

}  // namespace

absl::StatusOr<Sample> BuildSample(const GeneratedSample& generated, const Judgement& judgement,
                                   std::string text, const SampleOrigin& origin) {
  const Work& work = *generated.work;
  Sample sample;
  *sample.mutable_key() = work.keys(generated.key_index);
  sample.set_lease_id(work.lease_id());
  sample.set_attempt(work.attempt());
  SetSegments(generated, &sample);
  const uint32_t prompt_tokens = static_cast<uint32_t>(work.prompt_ids().size() / sizeof(int32_t));
  for (const VersionSpan& span : generated.result.version_spans) {
    VersionSpan* added = sample.add_version_spans();
    *added = span;
    added->set_first_token(span.first_token() + prompt_tokens);  // the engine counts from the response
  }
  *sample.mutable_sampling() = work.sampling();
  sample.set_finish_reason(generated.result.finish_reason);
  SetVerdict(judgement, sample.mutable_verdict());
  if (generated.result.attention) {
    absl::StatusOr<Capture> capture = DecodeCapture(work.capture());
    if (!capture.ok()) return capture.status();
    absl::Status encoded = EncodeSetMeans(*generated.result.attention, *capture, sample.mutable_stats());
    if (!encoded.ok()) return encoded;
  }
  sample.set_tokenizer_digest(origin.tokenizer_digest);
  sample.set_config_digest(origin.config_digest);
  sample.set_worker(origin.worker);
  sample.set_text(std::move(text));
  sample.set_seconds(absl::ToDoubleSeconds(absl::Now() - generated.leased_at));
  return sample;
}

}  // namespace rubato
