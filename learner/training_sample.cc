#include "learner/training_sample.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status Wrong(const BatchSample& sample, const std::string& what) {
  const GroupId& group = sample.key().group();
  return absl::InternalError(absl::StrCat("batch sample (pass ", group.pass(), ", position ",
                                          group.position(), ", index ", sample.key().index(), "): ", what));
}

absl::Status AppendSegment(const Segment& segment, TrainingSample* out) {
  ASSIGN_OR_RETURN(const std::vector<int32_t> tokens, UnpackInt32(segment.token_ids()));
  const bool trained = segment.kind() == Segment::POLICY;
  out->tokens.insert(out->tokens.end(), tokens.begin(), tokens.end());
  out->trained.insert(out->trained.end(), tokens.size(), trained ? 1 : 0);
  if (!trained) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<float> logprobs, UnpackFloat(segment.logprobs()));
  if (logprobs.size() != tokens.size()) {
    return absl::InternalError(absl::StrCat(tokens.size(), " tokens but ", logprobs.size(), " log-probs"));
  }
  out->behaviour_logprobs.insert(out->behaviour_logprobs.end(), logprobs.begin(), logprobs.end());
  return absl::OkStatus();
}

absl::Status CheckTokens(const TrainingSample& sample, const ModelConfig& model) {
  if (sample.tokens.empty() || sample.trained.front()) return absl::InternalError("no prompt");
  if (sample.behaviour_logprobs.empty()) return absl::InternalError("nothing to train");
  if (sample.rows() > model.max_positions) {
    return absl::InternalError(
        absl::StrCat(sample.rows(), " positions; the model has ", model.max_positions));
  }
  for (const int32_t token : sample.tokens) {
    if (token < 0 || token >= model.vocab) {
      return absl::InternalError(
          absl::StrCat("token ", token, " is outside the vocabulary of ", model.vocab));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNumbers(const TrainingSample& sample) {
  if (!std::isfinite(sample.temperature) || sample.temperature <= 0) {
    return absl::InternalError(absl::StrCat("temperature is ", sample.temperature));
  }
  for (const float logprob : sample.behaviour_logprobs) {
    if (!std::isfinite(logprob)) return absl::InternalError(absl::StrCat("a log-prob is ", logprob));
  }
  for (const double advantage : sample.shaped_advantages) {
    if (!std::isfinite(advantage)) return absl::InternalError(absl::StrCat("an advantage is ", advantage));
  }
  return absl::OkStatus();
}

absl::StatusOr<TrainingSample> Unpack(const BatchSample& sample, const ModelConfig& model) {
  TrainingSample out;
  out.temperature = static_cast<float>(sample.temperature());
  for (const Segment& segment : sample.segments()) RETURN_IF_ERROR(AppendSegment(segment, &out));
  ASSIGN_OR_RETURN(out.shaped_advantages, UnpackDouble(sample.token_weights()));
  for (double& gamma : out.shaped_advantages) gamma *= sample.advantage();
  if (out.shaped_advantages.size() != out.behaviour_logprobs.size()) {
    return absl::InternalError(absl::StrCat(out.behaviour_logprobs.size(), " policy tokens but ",
                                            out.shaped_advantages.size(), " token weights"));
  }
  RETURN_IF_ERROR(CheckTokens(out, model));
  RETURN_IF_ERROR(CheckNumbers(out));
  return out;
}

bool SameWeights(const WeightVersion& a, const WeightVersion& b) {
  return a.step() == b.step() && a.digest() == b.digest();
}

}  // namespace

absl::StatusOr<TrainingSample> UnpackSample(const BatchSample& sample, const BatchNormalizers& normalizers,
                                            const LearnerSection& config, const ModelConfig& model,
                                            const WeightVersion& held) {
  absl::StatusOr<TrainingSample> out = Unpack(sample, model);
  if (!out.ok()) return Wrong(sample, std::string(out.status().message()));
  const double tokens = static_cast<double>(out->shaped_advantages.size());
  out->mean_weight = config.loss_mean() == "token"
                         ? 1 / static_cast<double>(normalizers.tokens())
                         : 1 / (tokens * static_cast<double>(normalizers.samples()));
  // No token of a batch is sampled by weights newer than those that train on it.
  out->sampled_by_held_version = SameWeights(sample.oldest_version(), held);
  return out;
}

}  // namespace rubato
