#include "tests/credit/hub_inputs_for_tests.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "common/bytes.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/random_stream.h"
#include "credit/credit_options.h"
#include "stats/head_ranking.h"
#include "stats/wire.h"

namespace rubato {
namespace {

constexpr int32_t kEnd = 1;
constexpr int32_t kVocabulary = 16;

std::vector<HubPrompt> Prompts(std::string_view name, size_t count) {
  std::vector<HubPrompt> prompts;
  for (size_t row = 0; row < count; ++row) {
    const std::vector<int32_t> ids = {2, static_cast<int32_t>(3 + row % 8), 4};
    prompts.push_back({PackInt32(ids), Concat(R"({"prompt":")", name, row, R"("})")});
  }
  return prompts;
}

AttentionRecord MakeRecord(const Capture& capture, int tokens, RandomStream* random) {
  AttentionRecord record(capture.HeadCount(), tokens);
  record.measured_rows = tokens;
  for (int head = 0; head < capture.HeadCount(); ++head) {
    record.d[head] = static_cast<float>(capture.w + 5 * random->Uniform());
    for (float& waad : record.WaadOf(head)) waad = static_cast<float>(capture.w * random->Uniform());
    for (int t = 0; t < tokens; ++t) {
      if (FutureRowCount(t, tokens, capture.h_lo, capture.h_hi) > 0) {
        record.FaiOf(head)[t] = static_cast<float>(random->Uniform());
      }
    }
  }
  return record;
}

// Any token but those that end a response.
int32_t MakeToken(const RunIntakeRules& rules, RandomStream* random) {
  int32_t id;
  do {
    id = static_cast<int32_t>(random->Below(static_cast<uint64_t>(rules.vocabulary)));
  } while (std::find(rules.end_ids.begin(), rules.end_ids.end(), id) != rules.end_ids.end());
  return id;
}

Segment MakeResponse(const RunIntakeRules& rules, int tokens, bool cut, RandomStream* random) {
  std::vector<int32_t> ids;
  std::vector<float> logprobs, entropies;
  for (int t = 0; t < tokens; ++t) {
    ids.push_back(MakeToken(rules, random));
    logprobs.push_back(static_cast<float>(-3 * random->Uniform()));
    entropies.push_back(static_cast<float>(random->Uniform()));
  }
  if (!cut) ids.back() = rules.end_ids.front();
  Segment segment;
  segment.set_kind(Segment::POLICY);
  segment.set_token_ids(PackInt32(ids));
  segment.set_logprobs(PackFloat(logprobs));
  segment.set_entropies(PackFloat(entropies));
  return segment;
}

}  // namespace

HubInputs TinyInputs(const std::function<void(RunConfig*)>& change, size_t eval_rows) {
  HubInputs inputs;
  RunConfig& config = inputs.config;
  config.mutable_run()->set_steps(3);
  config.mutable_run()->set_name("tiny");
  config.mutable_batch()->set_groups(2);
  config.mutable_batch()->set_group_size(3);
  config.mutable_rollout()->set_max_new_tokens(24);
  config.mutable_credit()->set_h_lo(2);
  config.mutable_credit()->set_h_hi(6);
  config.mutable_credit()->set_w(4);
  config.mutable_checkpoint()->set_every(1);
  if (change) change(&config);
  ResolveDefaults(&config);
  FillFromPreset(config.mutable_credit()).IgnoreError();
  inputs.model_config_digest = std::string(AsBytes(Sha256("model")));
  inputs.tokenizer_digest = std::string(AsBytes(Sha256("tokenizer")));
  inputs.train = Prompts("train", 4);
  inputs.eval = Prompts("eval", eval_rows);
  inputs.intake.vocabulary = kVocabulary;
  inputs.intake.end_ids = {kEnd};
  inputs.intake.capture = {.w = static_cast<int>(config.credit().w()),
                           .h_lo = static_cast<int>(config.credit().h_lo()),
                           .h_hi = static_cast<int>(config.credit().h_hi()),
                           .layers = {2, 3},
                           .heads = 2,
                           .head_share = config.credit().head_share(),
                           .head_set_version = 0};
  const absl::Status derived = DeriveInputs(&inputs);
  if (!derived.ok()) std::abort();
  return inputs;
}

Sample MakeSample(const HubInputs& inputs, const Work& work, int index, const WeightVersion& version) {
  Sample sample;
  *sample.mutable_key() = work.keys(index);
  RandomStream random(version.step(), work.keys(index).SerializeAsString());
  const int limit = static_cast<int>(inputs.intake.max_new_tokens);
  const bool cut = random.Below(4) == 0;
  const int tokens = cut ? limit : 1 + static_cast<int>(random.Below(limit));

  sample.set_lease_id(work.lease_id());
  sample.set_attempt(work.attempt());
  Segment* prompt = sample.add_segments();
  prompt->set_kind(Segment::PROMPT);
  prompt->set_token_ids(work.prompt_ids());
  *sample.add_segments() = MakeResponse(inputs.intake, tokens, cut, &random);
  VersionSpan* span = sample.add_version_spans();
  span->set_first_token(static_cast<uint32_t>(work.prompt_ids().size() / sizeof(int32_t)));
  *span->mutable_version() = version;
  *sample.mutable_sampling() = work.sampling();
  sample.set_finish_reason(cut ? FINISH_LENGTH : FINISH_STOP);

  Verdict* verdict = sample.mutable_verdict();
  verdict->set_outcome(Verdict::OK);
  verdict->set_reward(static_cast<double>(random.Below(2)));
  RewardPart* part = verdict->add_parts();
  part->set_name("correct");
  part->set_value(verdict->reward());
  part->set_weight(1);
  const AttentionRecord record = MakeRecord(inputs.intake.capture, tokens, &random);
  if (!EncodeSetMeans(record, inputs.intake.capture, sample.mutable_stats()).ok()) std::abort();
  sample.set_tokenizer_digest(inputs.tokenizer_digest);
  sample.set_config_digest(inputs.config_digest);
  sample.set_worker("fake");
  sample.set_text("text");
  return sample;
}

std::string NameOfWork(const WorkKey& key, uint64_t version_step) {
  if (key.has_sample()) return NameOf(key.sample());
  return Concat("eval ", version_step, "/", key.eval().row(), "/", key.eval().index());
}

}  // namespace rubato
