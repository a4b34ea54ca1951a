// `rubato-learner score`: log-probs of given tokens by LibTorch's products
// (docs/decisions/0005-bf16-score-in-the-learner.md).
#pragma once

#include <ostream>

#include "absl/status/status.h"
#include "policy/score_arguments.h"

namespace rubato {

// Reads lines, writes lines, says on `notes` what people should know; blocks.  Errors: those of
// ReadModelDirectory, TorchScorer and common/json_lines.h.
absl::Status RunTorchScore(const ScoreOptions& options, std::ostream& notes);

}  // namespace rubato
