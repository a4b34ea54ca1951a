#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/problems.h"
#include "policy/model_config.h"
#include "text/tokenizer.h"

namespace rubato {

// INVALID_ARGUMENT if a token's id is beyond the embedding table; more rows than ids are fine.
absl::Status CheckTokenIds(const Tokenizer& tokenizer, const ModelConfig& config);

// Whether the tokenizer and the chat template of a model directory can be used, and with this model: those
// who need text ask; `score` does not.
//
// Problems: tokenizer.json or the chat template is refused by text/, a file is no JSON, the tokenizer is
// code, or has an id beyond the embedding table (config.vocab 0: that is unknown).
// Notes: there is no tokenizer.json.
// Returns one more than the largest token id; nothing without a sound tokenizer.
std::optional<int64_t> CheckTokenizer(const std::string& directory, const ModelConfig& config,
                                      Problems* problems, std::vector<std::string>* notes);

}  // namespace rubato
