// One line of the commands that are given tokens: {"id": any, "ids": [...], "prompt_len": n}.  A value.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

// Longest sequence that these commands take.  Beyond max_position_embeddings positions simply go on, as in
// `transformers`, and a note says so.
inline constexpr int kLongestTokenLine = 1 << 20;

struct TokenLine {
  std::string id;            // JSON text, for the answer
  std::vector<int32_t> ids;  // at least one, inside the vocabulary
  int64_t prompt_len = 0;    // 1 to ids.size()
};

// INVALID_ARGUMENT saying what is wrong with the line; names neither file nor line number.
absl::StatusOr<TokenLine> ReadTokenLine(const std::string& text, int vocab);

}  // namespace rubato
