#pragma once

#include <iosfwd>
#include <string>

#include "absl/status/status.h"

namespace rubato {

// `rubato-rollout score`: log-probs of given tokens under a model directory.
//
// Reads JSON lines {"id": any, "ids": [tokens], "prompt_len": n} and writes, in the same order, one line
// each:
// {"id": the same, "logprobs": [...], "entropies": [...]}, one number per token from position prompt_len on
// (at least 1), fp32 in shortest form that reads back to the same bits.
struct ScoreOptions {
  std::string model;      // directory
  std::string in = "-";   // "-": standard input
  std::string out = "-";  // "-": standard output
  float temperature = 1.0f;
  int threads = 1;
};

// Stops at the first bad line: INVALID_ARGUMENT with its number and what is wrong with it.
absl::Status RunScore(const ScoreOptions& options);

// The same between two streams, for callers that hold them; `in_name` names the input in errors.
absl::Status ScoreLines(const ScoreOptions& options, const std::string& in_name, std::istream& in,
                        std::ostream& out);

}  // namespace rubato
