// How large a model directory is, read from config.json and the headers of its safetensors files.

#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "proto/config.pb.h"

namespace rubato {

struct ModelSize {
  uint64_t parameters = 0;
  uint64_t kv_bytes_per_token = 0;  // fp32 keys and values of all layers
  uint64_t max_positions = 0;       // of prompt and response together; 0: config.json does not say
};

// NOT_FOUND: no weights there.  INVALID_ARGUMENT: names the file and what in it is malformed.
absl::StatusOr<ModelSize> ReadModelSize(const std::string& directory);

// An estimate of what processes will hold, in bytes; without the programs themselves.
struct MemoryPlan {
  uint64_t rank = 0;    // weights, gradients, two moments, and the versions that are served
  uint64_t worker = 0;  // two versions of the weights, and the KV cache of `capacity` full responses
};
MemoryPlan PlanMemory(const ModelSize& model, const RunConfig& config, int capacity);

}  // namespace rubato
