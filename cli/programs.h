// Where the other programs are, and what comes with them.

#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace rubato {

// The directory of the running program itself, links resolved.
absl::StatusOr<std::string> OwnDirectory();

// The path of "rubato-credit" and its like: beside this program, or where a build leaves it, in the package
// that makes it (../credit/rubato-credit).  NOT_FOUND (exit 69) naming the places that were tried.
absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_directory);

// Where `path`, which comes with the sources ("examples/countdown"), is: below the working directory, or else
// beside the command as it was typed (links resolved), or beside the program or a directory above it.  `path`
// itself if it is nowhere.
std::string FindBesideProgram(const std::string& path, const std::string& invoked_as,
                              const std::string& own_directory);

}  // namespace rubato
