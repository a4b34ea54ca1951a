// Named places where a test may kill the process.
//
// The code calls ReachFailpoint; what that does is decided when a program is linked.  rubato-learner links
// failpoints_off.cc, where it does nothing.  rubato-learner-failpoints, for tests, links failpoints_on.cc:
// there the process raises SIGKILL on itself at the place and step that --failpoint NAME@STEP gave, once per
// run, which a marker file in the run directory remembers.
//
// Threading: SetFailpoint before any thread that reaches one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rubato {

// `spec` is "NAME@STEP"; empty: none.  INVALID_ARGUMENT if it is not, or if the program has no failpoints.
absl::Status SetFailpoint(const std::string& spec, const std::string& marker_directory);

void ReachFailpoint(std::string_view name, uint64_t step);

}  // namespace rubato
