// `rubato export`: asks rubato-credit which checkpoints the ledger names, and becomes the mode of
// rubato-learner that knows what a checkpoint is.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

absl::StatusOr<int> RunExportCommand(const std::vector<std::string>& arguments,
                                     const CommandContext& context);

}  // namespace rubato
