// `rubato data countdown`: its arguments; tasks/ does the work.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

extern const char kDataCountdownHelp[];

absl::StatusOr<int> RunDataCountdown(const std::vector<std::string>& arguments,
                                     const CommandContext& context);

}  // namespace rubato
