// `rubato-rollout score`: log-probs of given tokens in fp32, by the kernels that generate.

#pragma once

#include <ostream>

#include "absl/status/status.h"
#include "policy/score_arguments.h"

namespace rubato {

// Reads lines, writes lines, says on `notes` what people should know; blocks.  Uses no tokenizer and no end
// token.  UsageError: `options` ask for what LibTorch computes (`rubato score` gives that to rubato-learner);
// otherwise the errors of ReadModelDirectory and common/json_lines.h.
absl::Status RunScore(const ScoreOptions& options, std::ostream& notes);

}  // namespace rubato
