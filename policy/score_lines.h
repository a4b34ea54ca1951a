// `rubato score` from line to line, whatever computes the scores.  Blocks the calling thread.

#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "policy/score.h"
#include "policy/score_arguments.h"
#include "policy/score_request.h"
#include "policy/token_line.h"

namespace rubato {

// What computes.  `score` gets sound requests: first in [1, ids.size()], ids inside the vocabulary, at most
// kLongestTokenLine of them.
struct Scorer {
  ModelConfig config;  // as config.json says
  std::function<absl::StatusOr<std::vector<TokenScores>>(std::span<const ScoreRequest>)> score;
};

// Opens input and output, makes the scorer, answers every line.  `notes` takes what people should know.
// Errors: those of common/json_lines.h and of `load`.
absl::Status RunScoreLines(const ScoreOptions& options, const std::function<absl::StatusOr<Scorer>()>& load,
                           std::ostream& notes);

}  // namespace rubato
