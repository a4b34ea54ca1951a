// `rubato verify-credit`: computes the credit of a run again from what its ledger stores, and compares. Reads
// only; also beside a hub that is writing.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct CreditVerdict {
  uint64_t groups = 0;   // whose credit was computed again
  uint64_t samples = 0;  // of them
  uint64_t tokens = 0;   // of them
  // Each: which group or sample, what differs, stored and recomputed value.
  std::vector<std::string> differences;
  // Groups whose payloads are gone: they can no longer be explained.
  std::vector<std::string> uncovered;
};

// Compares advantages and token weights bit for bit, and the digest of each sample with that of its payload.
// NOT_FOUND: no ledger there.
absl::StatusOr<CreditVerdict> VerifyCredit(const std::string& run_directory);

// For people.
void WriteVerdict(const CreditVerdict& verdict, std::ostream& out);

}  // namespace rubato
