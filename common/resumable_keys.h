// What of its configuration an existing run may change when it goes on.  Pure functions.

#pragma once

#include <string>
#include <vector>

#include "proto/config.pb.h"

namespace rubato {

// "run.steps" and its like: keys that decide how long a run goes on and what is kept, never what is sampled
// or trained.
const std::vector<std::string>& ResumableKeys();

// The same configuration without them: two lives of a run agree on this.
RunConfig WithoutResumableKeys(RunConfig config);

}  // namespace rubato
