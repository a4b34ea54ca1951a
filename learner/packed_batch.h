// Token sequences of different lengths laid end to end: what one forward and backward pass works on.
// No padding anywhere; row r holds one input token and, if it is trained on, the token it should predict.
//
// A plain value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rubato {

struct PackedBatch {
  static constexpr int32_t kNoTarget = -1;

  std::vector<int32_t> tokens;      // [rows] input token of each row
  std::vector<int32_t> targets;     // [rows] token that the row predicts, or kNoTarget
  std::vector<int32_t> starts;      // [sequences + 1] first row of each sequence, then the number of rows
  std::vector<float> temperatures;  // [sequences] logits are divided by it; > 0

  int rows() const { return static_cast<int>(tokens.size()); }
  int sequences() const { return static_cast<int>(starts.size()) - 1; }
  int target_count() const;

  PackedBatch() : starts{0} {}

  // Appends a sequence: row i holds tokens[i] and predicts tokens[i + 1] where trained[i + 1] is set.  The
  // last token is predicted but predicts nothing, so it takes no row.  `tokens` holds 2 or more; sizes are
  // equal.
  void Append(std::span<const int32_t> tokens, std::span<const uint8_t> trained, float temperature);
};

}  // namespace rubato
