// What `rubato-credit` tells of a run from its ledger alone: the modes report, explain-token, verify-credit
// and checkpoints.  They write to standard output.

#pragma once

#include <vector>

#include "common/program_modes.h"

namespace rubato {

std::vector<ProgramMode> LedgerModes();

}  // namespace rubato
