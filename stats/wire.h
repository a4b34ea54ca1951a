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
// INVALID_ARGUMENT, naming field, position and value: unknown version or layout; another capture than the
// lease's; arrays that are not whole numbers of floats; head sets that name no head; what CheckStats refuses.
absl::StatusOr<DecodedStats> DecodeAttentionStats(const AttentionStats& message, const Capture& lease,
                                                  int response_tokens);

}  // namespace rubato
