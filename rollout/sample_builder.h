#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "proto/sample.pb.h"
#include "rollout/work.h"
#include "tasks/verifier_pool.h"

namespace rubato {

// What is the same for every sample of a worker.
struct SampleOrigin {
  std::string worker;
  std::string tokenizer_digest;  // 32 bytes
  std::string config_digest;     // 32 bytes
};

// The message that is submitted for `generated`, with the verdict on its `text`.
// INTERNAL: the statistics are not what a working kernel makes (EncodeSetMeans); INVALID_ARGUMENT: the
// lease's capture settings make no sense.
absl::StatusOr<Sample> BuildSample(const GeneratedSample& generated, const Judgement& judgement,
                                   std::string text, const SampleOrigin& origin);

}  // namespace rubato
