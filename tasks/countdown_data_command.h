// `rubato data countdown`: writes the puzzles and games of the example, the same bytes for the same options.
//
// DIR/train.jsonl, validation.jsonl and heldout.jsonl hold
// {"nums":[12,19,9],"prompt":"^12,19,9>22:","target":22}. A hash of the multiset of numbers decides which of
// the three its puzzles may go to (1/8 held-out, 1/8 validation), whatever the seed: no two files of any two
// runs of the command share one. DIR/sft.jsonl holds {"prompt", "response"}: games of the expert at puzzles
// of the training part.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace rubato {

struct CountdownDataOptions {
  std::string out;  // directory, made if it is missing; files of these names in it are replaced
  uint64_t seed = 1;
  int64_t train = 0;          // puzzles; 0: all there are, about 9,000
  int64_t validation = 1024;  // 0: all, about 1,500
  int64_t heldout = 1024;     // 0: all, about 1,500
  int64_t sft_tokens = 0;     // games until they hold so many tokens; 0: no sft.jsonl
};

// Says on `out` what it wrote. INVALID_ARGUMENT: a size that is negative or more than there are, naming both;
// no directory. Otherwise the errors of common/file.h.
absl::Status RunCountdownData(const CountdownDataOptions& options, std::ostream& out);

}  // namespace rubato
