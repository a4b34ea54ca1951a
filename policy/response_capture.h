#pragma once

#include <vector>

#include "kernels/attention_stats.h"
#include "stats/attention_record.h"
#include "stats/capture.h"

namespace rubato {

// The statistics of one response while it is generated: one kernel state per sampled layer.
//
// Owned by whoever owns the sequence; rows are measured by Decoder::Forward, each once, in the order of their
// positions, beginning with the first response token.  Not thread-safe.
class ResponseCapture {
 public:
  // `capture` is valid (ValidateCapture) and its heads are the model's.  Tokens, both >= 1.
  ResponseCapture(const Capture& capture, int prompt_tokens, int max_response_tokens);

  // Null: `layer` is not sampled.
  AttentionStatsState* ForLayer(int layer);
  int last_layer() const { return layers_.back(); }
  // Rows measured so far in every sampled layer.
  int measured_rows() const { return states_.back().measured_rows(); }

  // Ends the response, of `response_tokens` tokens, and gives what was measured.  Once.
  AttentionRecord Finish(int response_tokens);

 private:
  std::vector<int> layers_;
  std::vector<AttentionStatsState> states_;  // of layers_, in order
};

}  // namespace rubato
