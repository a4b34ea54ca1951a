#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/decoder.h"
#include "policy/score.h"
#include "policy/score_request.h"

namespace rubato {

// ScoreTokens of several sequences, in order: their rows follow each other without padding in passes of
// `chunk_rows`, so that many short sequences cost as little as one long one.  The same bits as one by one.
// Errors as of ScoreTokens; then nothing is scored.
absl::StatusOr<std::vector<TokenScores>> ScoreTogether(Decoder* decoder,
                                                       std::span<const ScoreRequest> requests,
                                                       float temperature, int chunk_rows = 128);

}  // namespace rubato
