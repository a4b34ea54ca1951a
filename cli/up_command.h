// `rubato up`: checks everything, then runs it.

#pragma once

#include "cli/command.h"
#include "cli/up_arguments.h"

namespace rubato {

// The exit code.  What is wrong with the command line, configuration, data or model is an error, all of it at
// once: exit 64 if the configuration is to blame, else 65.
absl::StatusOr<int> RunUp(const UpArguments& arguments, const CommandContext& context);

}  // namespace rubato
