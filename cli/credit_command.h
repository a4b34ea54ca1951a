// `rubato credit`: token weights from statistics, for people who only want the method.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

extern const char kCreditHelp[];

// The exit code.
absl::StatusOr<int> RunCredit(const std::vector<std::string>& arguments, const CommandContext& context);

}  // namespace rubato
