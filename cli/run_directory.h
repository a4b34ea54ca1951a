// Where a run lives: config.yaml (resolved), ledger/, logs/, checkpoints/, metrics.jsonl.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/problems.h"
#include "proto/config.pb.h"

namespace rubato {

// The first of PARENT/NAME-1, -2, ... that does not exist, as an absolute path.
std::string NextRunDirectory(const std::string& parent, const std::string& name);

// The path as people would type it: relative to the working directory if it lies below.
std::string ShownPath(const std::string& path);

// Whether the hub of some run has begun its ledger there.
bool HoldsLedger(const std::string& directory);

// Makes the directory with config.yaml and logs/.  Exit 64 when it holds a run already, saying how to go on;
// 74 when it cannot be written.  `config` is resolved.
absl::Status CreateRun(const std::string& directory, const RunConfig& config);

// Takes back the config.yaml of CreateRun if the run ended before its ledger was begun, so that the directory
// can be used again.  Logs stay.
void ForgetRunWithoutLedger(const std::string& directory);

// The configuration of an existing run with `overrides` applied.  Adds to `problems`: no run there, keys that
// may not change, values that are wrong, fewer steps than are committed.
RunConfig ReopenRun(const std::string& directory, const std::vector<std::string>& overrides,
                    Problems* problems);

// Writes config.yaml of an existing run anew.
absl::Status RewriteRunConfig(const std::string& directory, const RunConfig& config);

}  // namespace rubato
