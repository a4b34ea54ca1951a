// Commands that are modes of the other programs.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

// Becomes `program` with the arguments `mode` and `arguments`; returns only with an error: the program is not
// there (exit 69).
absl::StatusOr<int> HandOver(const std::string& program, const std::string& mode,
                             const std::vector<std::string>& arguments, const CommandContext& context);

}  // namespace rubato
