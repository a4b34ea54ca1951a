// How the policy answered, on the average of one evaluation: what a report sets side by side to say what was
// learned and what was not.  Reads the ledger; any thread.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "credit/ledger.h"

namespace rubato {

// Writes a line per habit with its mean at the first and at the last evaluation; nothing when there are not
// two.  Length and share of cut answers for every task; tries, hits and slips when `verifier` is "countdown".
// DATA_LOSS: a payload is damaged.
absl::Status WriteHabits(const Ledger& ledger, const std::string& verifier, std::ostream& out);

}  // namespace rubato
