#include "kernels/attention_stats.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace rubato {
namespace {

size_t Product(int a, int b) { return static_cast<size_t>(a) * static_cast<size_t>(b); }

int RingSlots(const AttentionStatsOptions& options, int max_response_tokens) {
  const int lags = std::min(options.h_hi - options.h_lo + 1, max_response_tokens);
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(lags)));
}

}  // namespace

AttentionStatsState::AttentionStatsState(int heads, int prompt_tokens, int max_response_tokens,
                                         const AttentionStatsOptions& options)
    : options_(options),
      heads_(heads),
      prompt_tokens_(prompt_tokens),
      max_response_tokens_(max_response_tokens),
      ring_slots_(RingSlots(options, max_response_tokens)),
      ring_(Product(heads, ring_slots_)),
      waad_(Product(heads, max_response_tokens)),
      fai_(Product(heads, max_response_tokens)),
      distance_(static_cast<size_t>(heads)) {}

void AttentionStatsState::Finish() {
  const int end = prompt_tokens_ + measured_rows_;
  for (int head = 0; head < heads_; ++head) {
    const float* const ring = ring_.data() + Product(head, ring_slots_);
    float* const fai = fai_.data() + Product(head, max_response_tokens_);
    for (int s = std::max(prompt_tokens_, end - options_.h_hi); s < end; ++s) {
      const int rows = end - s - options_.h_lo;
      fai[s - prompt_tokens_] = rows > 0 ? ring[s & (ring_slots_ - 1)] / static_cast<float>(rows)
                                         : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

std::span<const float> AttentionStatsState::Waad(int head) const {
  return {waad_.data() + Product(head, max_response_tokens_), static_cast<size_t>(measured_rows_)};
}

std::span<const float> AttentionStatsState::Fai(int head) const {
  return {fai_.data() + Product(head, max_response_tokens_), static_cast<size_t>(measured_rows_)};
}

AttentionStatsBuffers AttentionStatsState::buffers() {
  return {.w = options_.w,
          .h_lo = options_.h_lo,
          .h_hi = options_.h_hi,
          .prompt_tokens = prompt_tokens_,
          .ring = ring_.data(),
          .ring_slots = ring_slots_,
          .waad = waad_.data(),
          .fai = fai_.data(),
          .stride = max_response_tokens_,
          .distance = distance_.data()};
}

}  // namespace rubato
