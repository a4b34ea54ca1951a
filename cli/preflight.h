// What can be known to be wrong with a run before anything is started.

#pragma once

#include <cstdint>

#include "common/problems.h"
#include "proto/config.pb.h"

namespace rubato {

// Adds all problems of the data files and the model directory, as far as they are named, and of what they can
// hold. `config` is resolved.  Reads every row of the data and the headers of the weights, not the weights.
void CheckFiles(const RunConfig& config, Problems* problems);

// The same for keys that do not fit each other.  `config` has its defaults.
void CheckOptions(const RunConfig& config, Problems* problems);

}  // namespace rubato
