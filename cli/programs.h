// Where the other programs are.

#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace rubato {

// The directory of the running program itself, links resolved.
absl::StatusOr<std::string> OwnDirectory();

// The path of "rubato-credit" and its like: beside this program, or where a build leaves it, in the package
// that makes it (../credit/rubato-credit).  NOT_FOUND (exit 69) naming the places that were tried.
absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_directory);

}  // namespace rubato
