// `rubato-learner export`: a checkpoint of a run as a Hugging Face directory.
//
// Which checkpoints the run has, the ledger alone knows: `rubato export` asks rubato-credit for the list and
// hands it on.  Blocks; may run beside the learner.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct ExportOptions {
  std::string run;                // run directory
  std::string to;                 // directory to write; must be empty or absent
  std::string checkpoints = "-";  // the list (credit/checkpoint_list.h); "-": standard input
  std::optional<uint64_t> step;   // absent: the newest
  std::string dtype;              // of the weights, "f32", "bf16" or "f16"; empty: as config.json says
};

extern const char kExportHelp[];

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<ExportOptions> ParseExportArguments(const std::vector<std::string>& arguments);

// Writes the newest checkpoint that verifies (of that step); says on `out` which, and on `notes` which did
// not and why.  The target is whole or absent.  In another type than config.json states, the config that is
// written states the new one.
//
// UsageError: the target holds something.  INVALID_ARGUMENT (65): the run has no checkpoint, or none of that
// step (names those it has).  DATA_LOSS, ending with 65: none verifies.  74: the target cannot be written.
absl::Status RunExport(const ExportOptions& options, std::ostream& out, std::ostream& notes);

}  // namespace rubato
