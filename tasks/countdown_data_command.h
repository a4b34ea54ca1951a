// `rubato data countdown`: writes the puzzles and demonstrations of the example, the same for the same options.
//
// DIR/train.jsonl, validation.jsonl, heldout.jsonl: {"prompt": "^12,19,9>22:", "nums": [12, 19, 9], "target": 22}.
// No two of them share a multiset of numbers: a hash of the multiset decides where its puzzles go (1/8 held out,
// 1/8 validation). DIR/sft.jsonl: {"prompt", "response"}, games of the expert on multisets of the training split.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace rubato {

struct CountdownDataOptions {
  std::string out;             // directory; made if absent, files in it are replaced
  uint64_t seed = 1;
  int64_t train = 12000;       // puzzles; there are about 20,000 in all
  int64_t validation = 1024;
  int64_t heldout = 1024;
  int64_t sft_tokens = 0;      // write games until they hold so many tokens; 0: no sft.jsonl
};

// Says on `out` what it wrote. INVALID_ARGUMENT: a size that is negative or more than there are, naming both.
absl::Status RunCountdownData(const CountdownDataOptions& options, std::ostream& out);

}  // namespace rubato
