// The summary of a run, from its ledger alone: what it cost, what was learned, on one puzzle and in numbers.
// Reads only; also beside a hub that is writing.

#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace rubato {

enum class Color { kNo, kYes };

struct ReportOptions {
  std::string run_directory;
  Color color = Color::kNo;
};

// NOT_FOUND: no ledger there.  DATA_LOSS: a payload is damaged.
absl::Status WriteReport(const ReportOptions& options, std::ostream& out);

}  // namespace rubato
