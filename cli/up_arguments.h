// What `rubato up` was given, as a value.  Pure.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct UpArguments {
  std::string config;                  // the YAML file; empty when resuming
  std::string run_directory;           // --run; empty: a new one under runs/
  std::string resume;                  // --resume: the run directory to go on with
  std::vector<std::string> overrides;  // "section.key=value"
  int64_t workers = 2;
  std::string listen = "127.0.0.1:0";  // where the hub listens
  bool dry_run = false;
  bool plain = false;  // lines instead of the status line, on a terminal too
};

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<UpArguments> ParseUpArguments(const std::vector<std::string>& arguments);

}  // namespace rubato
