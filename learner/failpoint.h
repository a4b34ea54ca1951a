// Named places where a test may kill the process.  Release builds contain none: the macro is empty there.
//
//   RUBATO_FAILPOINT("before_all_reduce", step);
//
// A build with RUBATO_FAILPOINTS defined (rubato-learner-failpoints) raises SIGKILL on itself at the place
// and step that --failpoint NAME@STEP gave, once per run: a marker file in the run directory remembers it.
//
// Threading: SetFailpoint before any thread that reaches one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rubato {

// `spec` is "NAME@STEP".  INVALID_ARGUMENT if it is not, or if the build has no failpoints; empty: does
// nothing.
absl::Status SetFailpoint(const std::string& spec, const std::string& marker_directory);

#ifdef RUBATO_FAILPOINTS
void ReachFailpoint(std::string_view name, uint64_t step);
#define RUBATO_FAILPOINT(name, step) ::rubato::ReachFailpoint(name, step)
#else
#define RUBATO_FAILPOINT(name, step) static_cast<void>(step)
#endif

}  // namespace rubato
