// Which checkpoints a run has, from its ledger alone, which is authoritative.  Reads only; also beside a hub
// that is writing.

#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace rubato {

// One JSON line each, newest first, without those that were retired: {"step", "lineage", "generation", "path"
// (relative to the run directory), "manifest_digest" (hex)}.  NOT_FOUND: no ledger there.
absl::Status WriteCheckpointList(const std::string& run_directory, std::ostream& out);

}  // namespace rubato
