#include "policy/measure.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/response_capture.h"

namespace rubato {

namespace {

absl::Status RunRows(Decoder* decoder, std::span<const int32_t> ids, int64_t prompt_tokens, int chunk_rows,
                     ResponseCapture* capture, KvSequence* sequence) {
  const int64_t count = static_cast<int64_t>(ids.size());
  for (int64_t begin = 0; begin < count; begin += chunk_rows) {
    std::vector<TokenRow> rows;
    for (int64_t i = begin; i < std::min(count, begin + chunk_rows); ++i) {
      TokenRow row{.sequence = sequence, .token = ids[i], .until = TokenRow::Until::kKeysAndValues};
      if (i >= prompt_tokens) {
        // Logits are computed when they are asked for, and nobody asks.
        row.until = i + 1 == count ? TokenRow::Until::kLastSampled : TokenRow::Until::kLogits;
        row.capture = capture;
      }
      rows.push_back(row);
    }
    if (absl::Status status = decoder->Forward(rows); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AttentionRecord> MeasureTokens(Decoder* decoder, std::span<const int32_t> ids,
                                              int64_t prompt_tokens, const Capture& capture, int chunk_rows) {
  const int64_t count = static_cast<int64_t>(ids.size());
  if (prompt_tokens < 1 || prompt_tokens >= count) {
    return absl::InvalidArgumentError(
        absl::StrCat("of ", count, " tokens ", prompt_tokens,
                     " are the prompt; at least one must be, and one the response"));
  }
  const int response_tokens = static_cast<int>(count - prompt_tokens);
  ResponseCapture measured(capture, static_cast<int>(prompt_tokens), response_tokens);
  KvSequence sequence;
  const absl::Status status = RunRows(decoder, ids, prompt_tokens, chunk_rows, &measured, &sequence);
  decoder->cache().Release(&sequence);
  if (!status.ok()) return status;
  return measured.Finish(response_tokens);
}

}  // namespace rubato
