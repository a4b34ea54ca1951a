#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "policy/decoder.h"
#include "stats/attention_record.h"
#include "stats/capture.h"

namespace rubato {

// The attention statistics of given tokens (C2, C5, C6 per head): ids[prompt_tokens..] is the response.  Rows
// run in prefill chunks of at most `chunk_rows`; the record does not depend on the chunk, bit for bit, and
// equals what generating the same tokens measures.  INVALID_ARGUMENT: no response token, an id outside the
// vocabulary, a sequence beyond the model's positions.  Uses the decoder's scratch memory: one call at a
// time.
absl::StatusOr<AttentionRecord> MeasureTokens(Decoder* decoder, std::span<const int32_t> ids,
                                              int64_t prompt_tokens, const Capture& capture,
                                              int chunk_rows = 64);

}  // namespace rubato
