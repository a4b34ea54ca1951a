// `rubato explain-token`: why the tokens of a sample weigh what they do, from the ledger of a run alone.
// Reads only; also beside a hub that is writing.

#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace rubato {

struct ExplainTokenOptions {
  std::string run_directory;
  std::string sample;        // "GROUP/INDEX", the group by its number in the run
  std::optional<int> token;  // position in the response; without it all of them
};

// Statistics, ranks, sets, gamma and advantage.  UsageError: no such name.  INVALID_ARGUMENT: a token behind
// the response's end; NOT_FOUND: no ledger, group or sample there, or a sample without a submission, with
// what became of it.
absl::Status ExplainToken(const ExplainTokenOptions& options, std::ostream& out);

}  // namespace rubato
