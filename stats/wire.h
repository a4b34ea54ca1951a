// Statistics as bytes: the message AttentionStats (proto/stats.proto), layout SET_MEANS, encoding version 1.
//
// The worker encodes and the service decodes.  Decoding trusts nothing: what it returns satisfies every check
// of docs/credit.md, "Integrity".  Pure functions; safe from any thread.

#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/attention_record.h"
#include "stats/capture.h"
#include "stats/decoded_stats.h"

namespace rubato {

class AttentionStats;  // proto/stats.proto

// Ranks the heads of `record` by its d, averages over the sets (C3, C4) and writes the message.  Values that
// rounding left just outside their range (by at most kRangeSlack of it) are moved to its edge.
// INTERNAL, naming the first value: the record is not one that a working kernel makes (a size that differs, a
// value not finite or out of range, NaN in the wrong place).
absl::Status EncodeSetMeans(const AttentionRecord& record, const Capture& capture, AttentionStats* message);

// Reads and checks a message.
//   lease            what the lease asked for; the message must echo it
//   response_tokens  T, counted from the sample's own tokens
// INVALID_ARGUMENT, naming field, position and value: unknown version or layout; capture other than the
// lease's; a length that differs; more measured rows than tokens; d, WAAD or FAI not finite or out of 0 <= d,
// 0 <= WAAD <= W, 0 <= FAI <= 1; NaN anywhere but exactly where C5 or C6 are undefined; mean WAAD above the
// mean d of the local set by more than rounding; sets other than those that ranking d gives.
absl::StatusOr<DecodedStats> DecodeAttentionStats(const AttentionStats& message, const Capture& lease,
                                                  int response_tokens);

// Rounding of fp32 sums that a kernel may leave, relative to 1 + the bound.
inline constexpr double kRangeSlack = 1e-4;

}  // namespace rubato
