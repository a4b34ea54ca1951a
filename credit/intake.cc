#include "credit/intake.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cmath>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/status.h"
#include "credit/drop_reasons.h"
#include "stats/wire.h"

namespace rubato {
namespace {

constexpr double kRounding = 1e-4;  // of fp32 log-probs and entropies beyond their range

absl::Status Wrong(const std::string& detail) { return absl::InvalidArgumentError(detail); }

absl::Status CheckSettings(const Sample& sample, const RunIntakeRules& run) {
  if (sample.tokenizer_digest() != run.tokenizer_digest) return Wrong("tokenizer_digest is not the run's");
  if (sample.config_digest() != run.config_digest) return Wrong("config_digest is not the run's");
  if (sample.sampling().temperature() != run.temperature) {
    return Wrong(Concat("sampling.temperature is ", sample.sampling().temperature(), ", the lease said ",
                        run.temperature));
  }
  if (sample.sampling().max_new_tokens() != run.max_new_tokens) {
    return Wrong(Concat("sampling.max_new_tokens is ", sample.sampling().max_new_tokens(),
                        ", the lease said ", run.max_new_tokens));
  }
  return absl::OkStatus();
}

absl::Status CheckFloats(std::string_view name, std::string_view bytes, size_t tokens, double low,
                         double high) {
  ASSIGN_OR_RETURN(const std::vector<float> values, UnpackFloat(bytes));
  if (values.size() != tokens)
    return Wrong(Concat(name, " holds ", values.size(), " values for ", tokens, " tokens"));
  for (size_t t = 0; t < tokens; ++t) {
    if (!(values[t] >= low && values[t] <= high)) {
      return Wrong(Concat(name, "[", t, "] is ", values[t], ", it must be within ", low, " and ", high));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFinish(const Sample& sample, const RunIntakeRules& run, std::span<const int32_t> ids) {
  const auto is_end = [&](int32_t id) {
    return std::find(run.end_ids.begin(), run.end_ids.end(), id) != run.end_ids.end();
  };
  const auto first_end = std::find_if(ids.begin(), ids.end() - 1, is_end);
  if (first_end != ids.end() - 1) {
    return Wrong(Concat("the response goes on after its end token at ", first_end - ids.begin()));
  }
  switch (sample.finish_reason()) {
    case FINISH_STOP:
      if (run.end_ids.empty() || is_end(ids.back())) return absl::OkStatus();
      return Wrong(Concat("finish_reason is FINISH_STOP, but the last token is ", ids.back()));
    case FINISH_LENGTH:
      if (ids.size() == run.max_new_tokens) return absl::OkStatus();
      return Wrong(
          Concat("finish_reason is FINISH_LENGTH after ", ids.size(), " of ", run.max_new_tokens, " tokens"));
    default:
      return Wrong(Concat("finish_reason is ", static_cast<int>(sample.finish_reason())));
  }
}

absl::Status CheckSegments(const Sample& sample, const RunIntakeRules& run, const UnitIntakeRules& unit,
                           Examined* examined) {
  if (sample.segments_size() != 2 || sample.segments(0).kind() != Segment::PROMPT ||
      sample.segments(1).kind() != Segment::POLICY) {
    return Wrong(Concat("segments must be one PROMPT and one POLICY, there are ", sample.segments_size()));
  }
  if (sample.segments(0).token_ids() != unit.prompt_ids)
    return Wrong("the prompt's tokens are not those leased");
  const Segment& policy = sample.segments(1);
  ASSIGN_OR_RETURN(const std::vector<int32_t> ids, UnpackInt32(policy.token_ids()));
  if (ids.empty() || ids.size() > run.max_new_tokens) {
    return Wrong(Concat("the response has ", ids.size(), " tokens, it must have 1 to ", run.max_new_tokens));
  }
  for (size_t t = 0; t < ids.size(); ++t) {
    if (ids[t] < 0 || ids[t] >= run.vocabulary) {
      return Wrong(Concat("token_ids[", t, "] is ", ids[t], ", the vocabulary has ", run.vocabulary));
    }
  }
  examined->tokens = ids.size();
  examined->cut_short = sample.finish_reason() == FINISH_LENGTH;
  RETURN_IF_ERROR(CheckFinish(sample, run, ids));
  RETURN_IF_ERROR(CheckFloats("logprobs", policy.logprobs(), ids.size(), -1e30, kRounding));
  if (!policy.logprobs_sampled().empty()) {
    RETURN_IF_ERROR(CheckFloats("logprobs_sampled", policy.logprobs_sampled(), ids.size(), -1e30, kRounding));
  }
  return CheckFloats("entropies", policy.entropies(), ids.size(), -kRounding,
                     std::log(static_cast<double>(run.vocabulary)) + kRounding);
}

absl::Status CheckVersions(const Sample& sample, const UnitIntakeRules& unit, Examined* examined) {
  if (sample.version_spans_size() == 0) return Wrong("version_spans is empty");
  const size_t prompt_tokens = unit.prompt_ids.size() / sizeof(int32_t);
  if (sample.version_spans(0).first_token() > prompt_tokens) {
    return Wrong(Concat("version_spans begin at token ", sample.version_spans(0).first_token(),
                        ", behind the first response token ", prompt_tokens));
  }
  uint64_t oldest = UINT64_MAX;
  int64_t previous = -1;
  for (const VersionSpan& span : sample.version_spans()) {
    const WeightVersion& version = span.version();
    if (int64_t{span.first_token()} <= previous || span.first_token() >= prompt_tokens + examined->tokens) {
      return Wrong(
          Concat("version_spans.first_token ", span.first_token(), " is out of order or behind the end"));
    }
    previous = span.first_token();
    if (version.lineage() != unit.lineage || !unit.versions.Contains(version.step())) {
      return Wrong(Concat("version ", version.step(), " of lineage ", version.lineage(), " is outside of ",
                          unit.versions.oldest, "..", unit.versions.newest, " of lineage ", unit.lineage));
    }
    RETURN_IF_ERROR(unit.check_version(version));
    oldest = std::min(oldest, version.step());
  }
  examined->oldest_step = oldest;
  return absl::OkStatus();
}

absl::Status CheckVerdict(const Verdict& verdict) {
  if (verdict.outcome() == Verdict::TIMEOUT || verdict.outcome() == Verdict::CRASHED) return absl::OkStatus();
  if (verdict.outcome() != Verdict::OK)
    return Wrong(Concat("verdict.outcome is ", static_cast<int>(verdict.outcome())));
  if (!std::isfinite(verdict.reward())) return Wrong("verdict.reward is not finite");
  double sum = 0;
  for (const RewardPart& part : verdict.parts()) sum += part.value() * part.weight();
  if (verdict.parts_size() > 0 && !(std::abs(sum - verdict.reward()) <= 1e-9 * (1 + std::abs(sum)))) {
    return Wrong(Concat("verdict.reward is ", verdict.reward(), ", its parts sum to ", sum));
  }
  return absl::OkStatus();
}

// The reason for which a sound sample cannot train; empty: it can.
std::string_view ReasonOf(const Sample& sample) {
  if (sample.verdict().outcome() == Verdict::TIMEOUT) return kVerifierTimeout;
  if (sample.verdict().outcome() == Verdict::CRASHED) return kVerifierCrashed;
  if (!sample.has_stats()) return kNoStatistics;
  return {};
}

}  // namespace

bool Examined::refused() const { return IsRefusal(reason); }

Examined ExamineSample(const Sample& sample, const RunIntakeRules& run, const UnitIntakeRules& unit) {
  Examined examined;
  const auto refused = [&](const absl::Status& status, std::string_view reason) {
    if (status.ok()) return false;
    examined.reason = reason;
    examined.detail = std::string(status.message());
    return true;
  };
  if (refused(CheckSettings(sample, run), kRefusedSettings)) return examined;
  if (refused(CheckSegments(sample, run, unit, &examined), kRefusedContent)) return examined;
  if (refused(CheckVersions(sample, unit, &examined), kRefusedVersion)) return examined;
  if (refused(CheckVerdict(sample.verdict()), kRefusedVerdict)) return examined;
  examined.verified = sample.verdict().outcome() == Verdict::OK;
  if (examined.verified) examined.reward = sample.verdict().reward();
  if (sample.has_stats()) {
    const absl::StatusOr<DecodedStats> stats =
        DecodeAttentionStats(sample.stats(), run.capture, static_cast<int>(examined.tokens));
    if (refused(stats.status(), kRefusedStatistics)) return examined;
    examined.measured = stats->Complete();
  }
  examined.reason = ReasonOf(sample);
  if (!examined.reason.empty()) examined.detail = sample.verdict().detail();
  return examined;
}

std::string ContentDigest(const Sample& sample) {
  Sample content = sample;
  content.clear_lease_id();
  content.clear_attempt();
  content.clear_worker();
  content.clear_seconds();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    content.SerializeToCodedStream(&coded);
  }
  return std::string(AsBytes(Sha256(bytes)));
}

}  // namespace rubato
