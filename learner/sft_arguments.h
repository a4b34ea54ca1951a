// `rubato sft`: what it was given.  Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "learner/sft.h"

namespace rubato {

extern const char kSftHelp[];

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<SftOptions> ParseSftArguments(const std::vector<std::string>& arguments);

}  // namespace rubato
