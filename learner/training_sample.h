// One sample of a batch as the learner trains it, checked and unpacked from what the hub sent.
//
// A plain value; free functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "proto/config.pb.h"
#include "proto/learner.pb.h"

namespace rubato {

struct TrainingSample {
  std::vector<int32_t> tokens;   // all segments, in order
  std::vector<uint8_t> trained;  // [tokens] 1 where the policy emitted the token
  float temperature = 1;
  // One per trained token, in order:
  std::vector<float> behaviour_logprobs;
  std::vector<double> shaped_advantages;  // A~ = gamma * A_i
  double mean_weight = 0;                 // what each of its tokens counts in the mean over the batch
  // Whether all of it was sampled by the weights that the learner holds: then log-probs must be equal.
  bool sampled_by_held_version = false;

  int rows() const { return static_cast<int>(tokens.size()) - 1; }
};

// INTERNAL, naming sample and field: arrays whose lengths disagree, no prompt, tokens the model lacks,
// numbers that are not finite.  The hub checks all of this at intake, so it is a bug wherever it happens.
absl::StatusOr<TrainingSample> UnpackSample(const BatchSample& sample, const BatchNormalizers& normalizers,
                                            const LearnerSection& config, const ModelConfig& model,
                                            const WeightVersion& held);

}  // namespace rubato
