// `rubato-rollout stats`: the attention statistics of given tokens, by the kernels that generate.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

struct StatsOptions {
  std::string model;                // directory
  std::string in = "-";             // "-": standard input
  std::string out = "-";            // "-": standard output
  std::string layout = "per_head";  // or "set_means"
  int64_t w = 10, h_lo = 10, h_hi = 100;
  double head_share = 0.3;
  int64_t threads = 1;  // one per core unless given
};

extern const char kStatsHelp[];

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<StatsOptions> ParseStatsArguments(const std::vector<std::string>& arguments);

// Reads lines, writes lines; blocks.  Uses no tokenizer and no end token.  Errors: those of
// ReadModelDirectory and common/json_lines.h.
absl::Status RunStats(const StatsOptions& options);

}  // namespace rubato
