#include "policy/response_capture.h"

#include <algorithm>

namespace rubato {

namespace {

void CopyHead(const AttentionStatsState& state, int head, int record_head, AttentionRecord* record) {
  const int rows = state.measured_rows();
  if (rows == 0) return;
  record->d[static_cast<size_t>(record_head)] = static_cast<float>(state.DistanceSum(head) / rows);
  std::ranges::copy(state.Waad(head), record->WaadOf(record_head).begin());
  std::ranges::copy(state.Fai(head), record->FaiOf(record_head).begin());
}

}  // namespace

ResponseCapture::ResponseCapture(const Capture& capture, int prompt_tokens, int max_response_tokens)
    : layers_(capture.layers) {
  const AttentionStatsOptions options{.w = capture.w, .h_lo = capture.h_lo, .h_hi = capture.h_hi};
  for (size_t i = 0; i < layers_.size(); ++i) {
    states_.emplace_back(capture.heads, prompt_tokens, max_response_tokens, options);
  }
}

AttentionStatsState* ResponseCapture::ForLayer(int layer) {
  const auto at = std::ranges::lower_bound(layers_, layer);
  return at != layers_.end() && *at == layer ? &states_[static_cast<size_t>(at - layers_.begin())] : nullptr;
}

AttentionRecord ResponseCapture::Finish(int response_tokens) {
  const int heads = states_.front().heads();
  AttentionRecord record(static_cast<int>(states_.size()) * heads, response_tokens);
  record.measured_rows = measured_rows();
  for (size_t i = 0; i < states_.size(); ++i) {
    states_[i].Finish();
    for (int head = 0; head < heads; ++head) {
      CopyHead(states_[i], head, static_cast<int>(i) * heads + head, &record);
    }
  }
  return record;
}

}  // namespace rubato
