// What must be true of the statistics of one response, whoever made them (docs/credit.md, "Integrity").
// Pure; safe from any thread.

#pragma once

#include "absl/status/status.h"
#include "stats/decoded_stats.h"

namespace rubato {

// Rounding of fp32 sums that a kernel may leave at the edge of a range, relative to 1 + the edge.
inline constexpr double kRangeSlack = 1e-4;

// INVALID_ARGUMENT, naming field, position and value, unless
//   1 <= T, 0 <= measured_rows <= T, and every array has its length;
//   every d is finite and >= 0, and ranking it again gives `ranking`;
//   WAAD is in 0..W for measured rows and NaN after them;
//   FAI is in 0..1 where T(s) of C6 holds a measured row, and NaN exactly elsewhere;
//   the mean of WAAD is at most the mean d of the local heads, up to kRangeSlack: a window only shortens
//   distances.
absl::Status CheckStats(const DecodedStats& stats);

}  // namespace rubato
