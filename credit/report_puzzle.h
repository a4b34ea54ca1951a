// One evaluation row as it was answered before and after training, for a report.  Reads the ledger; any
// thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "credit/ledger.h"
#include "proto/sample.pb.h"

namespace rubato {

struct PuzzlePair {
  uint64_t row = 0;
  Sample before;  // of the first evaluation
  Sample after;   // of the last
};

// The first row whose answer was worth less before than after; without one, the first row with both answers;
// nothing when there are not two evaluations.
absl::StatusOr<std::optional<PuzzlePair>> ChoosePuzzle(const Ledger& ledger);

}  // namespace rubato
