// What the hub needs to know of a model to check prompts and samples, read from its Hugging Face directory
// without any tensor library.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct ModelLimits {
  int32_t vocabulary = 0;        // vocab_size
  uint64_t max_positions = 0;    // max_position_embeddings: prompt and response together
  std::vector<int32_t> end_ids;  // eos_token_id of generation_config.json, else of config.json; may be empty
};

// NOT_FOUND and INVALID_ARGUMENT name the file and the key.
absl::StatusOr<ModelLimits> LoadModelLimits(const std::string& model_directory);

}  // namespace rubato
