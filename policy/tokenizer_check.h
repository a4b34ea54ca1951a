#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/problems.h"
#include "policy/model_config.h"

namespace rubato {

// Whether the tokenizer and the chat template of a model directory can be used, and with this model: those
// who need text ask (`inspect`, `tokenize`, the worker); `score` does not.
//
// Problems: tokenizer.json or the chat template is refused by text/, a file is no JSON, the tokenizer is
// code, or has an id beyond the embedding table (more rows than ids are fine; config.vocab 0 checks nothing).
// Notes: there is no tokenizer.json.
// Returns one more than the largest token id; nothing without a sound tokenizer.
std::optional<int64_t> CheckTokenizer(const std::string& directory, const ModelConfig& config,
                                      Problems* problems, std::vector<std::string>* notes);

}  // namespace rubato
