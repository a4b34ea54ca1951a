// `rubato tokenize`: text and chat messages to token ids, and back.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/command.h"

namespace rubato {

extern const char kTokenizeHelp[];

// The exit code.  Lines are answered on as many threads as there are cores; their order stays.
absl::StatusOr<int> RunTokenize(const std::vector<std::string>& arguments, const CommandContext& context);

}  // namespace rubato
