#pragma once

#include <algorithm>
#include <cstdint>

namespace rubato {

// Whoever turns logits into log-probs makes this many rows of them at a time, so that they take 32 MiB (or
// one row) however many tokens there are and however large the vocabulary is.
constexpr int64_t kLogitsBytes = int64_t{32} << 20;

inline int LogitRowsPerChunk(int vocab) {
  return static_cast<int>(std::max<int64_t>(1, kLogitsBytes / (4 * static_cast<int64_t>(vocab))));
}

}  // namespace rubato
