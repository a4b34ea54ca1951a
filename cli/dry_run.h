// What `rubato up --dry-run` prints: every key with its value and where that comes from, what would be
// started, and how much memory it takes.  Pure.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/model_size.h"
#include "cli/process_plan.h"
#include "proto/config.pb.h"

namespace rubato {

// One configuration at three stages, from which the origin of each value follows.
struct ConfigStages {
  std::string file_name;
  RunConfig file;       // as the file has it
  RunConfig overrides;  // what the command line says alone
  RunConfig defaults;   // file, overrides and defaults; before the credit preset
  RunConfig resolved;
};

// One line per key: "learner.lr = 0.0003   (command line)"; origins are the file's name, "command line",
// "default", "preset paper_v2"; a key without a value is left out.
std::string RenderOrigins(const ConfigStages& stages);

// `memory` is absent when the model cannot be read.
std::string RenderPlan(const std::vector<ProcessSpec>& specs, const std::optional<MemoryPlan>& memory);

}  // namespace rubato
