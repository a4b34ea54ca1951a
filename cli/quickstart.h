// `rubato quickstart`: the Countdown example from the first process to a report that a newcomer can read.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

extern const char kQuickstartHelp[];

absl::StatusOr<int> RunQuickstart(const std::vector<std::string>& arguments, const CommandContext& context);

}  // namespace rubato
