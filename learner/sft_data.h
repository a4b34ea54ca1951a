// What supervised fine-tuning trains on: JSON lines {"prompt": "...", "response": "..."}.
//
// The prompt is tokenized as the hub tokenizes prompts, the response without anything added: an end token
// stands in its text.  Free functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "text/tokenizer.h"

namespace rubato {

struct SftExample {
  std::vector<int32_t> tokens;  // prompt, then response
  int prompt_tokens = 0;
};

// NOT_FOUND: no such file.  INVALID_ARGUMENT, "FILE:LINE: what is wrong": a row without the two texts, text
// that the tokenizer lacks tokens for, an empty prompt or response, more tokens than the model has positions;
// or a file without rows.
absl::StatusOr<std::vector<SftExample>> LoadSftData(const std::string& path, const Tokenizer& tokenizer,
                                                    const ModelConfig& config);

// The examples of every update, by index: `epochs` passes, each shuffled by (seed, pass), cut into runs of
// whole examples of up to `batch_tokens` tokens.
std::vector<std::vector<int>> PlanSftUpdates(const std::vector<SftExample>& examples, double epochs,
                                             int batch_tokens, uint64_t seed);

}  // namespace rubato
