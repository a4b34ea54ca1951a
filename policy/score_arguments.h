// `rubato score`: what it was given.  Two programs run it (docs/decisions/0005-bf16-score-in-the-learner.md)
// and read the same arguments.  Pure.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct ScoreOptions {
  std::string model;           // directory
  std::string in = "-";        // "-": standard input
  std::string out = "-";       // "-": standard output
  std::string dtype = "f32";   // or "bf16"
  std::string device = "cpu";  // or "cuda"
  double temperature = 1;
  int64_t threads = 1;  // one per core unless given

  // Whether the scores come from LibTorch's products and not from our own kernels.
  bool NeedsLibTorch() const { return dtype == "bf16" || device == "cuda"; }
};

extern const char kScoreHelp[];

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<ScoreOptions> ParseScoreArguments(const std::vector<std::string>& arguments);

}  // namespace rubato
