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

// The same with `input` on standard input.
absl::StatusOr<int> HandOverWithInput(const std::string& program, const std::string& mode,
                                      const std::vector<std::string>& arguments, const std::string& input,
                                      const CommandContext& context);

// Which program scores: rubato-rollout, whose kernels compute fp32 on the CPU, or rubato-learner, which has
// LibTorch, for all else that `arguments` of `rubato score` ask for.
std::string ProgramThatScores(const std::vector<std::string>& arguments);

}  // namespace rubato
