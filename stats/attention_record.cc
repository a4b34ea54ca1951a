#include "stats/attention_record.h"

#include <algorithm>

namespace rubato {

AttentionRecord::AttentionRecord(int head_count, int response_tokens)
    : head_count(head_count),
      response_tokens(response_tokens),
      d(head_count, 0.0f),
      waad(static_cast<size_t>(head_count) * response_tokens, kUndefined),
      fai(static_cast<size_t>(head_count) * response_tokens, kUndefined) {}

int FutureRowCount(int s, int measured_rows, int h_lo, int h_hi) {
  const int last = std::min(measured_rows - 1, s + h_hi);
  return std::max(0, last - (s + h_lo) + 1);
}

}  // namespace rubato
