// What the engine measured in its decode attention for one response, head by head, before anything is
// averaged. The engine owns one per sequence in flight and fills it from a single thread.

#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace rubato {

// Heads are sampled heads in (layer, head) order; positions are response positions, 0-based.
struct AttentionRecord {
  // Stands where a statistic is undefined.
  static constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

  int head_count = 0;
  int response_tokens = 0;  // T
  // Response rows that were run, from the first on.  T, or fewer when the last row could not be run: the
  // record is then incomplete, and T(s) of C6 ends at the last measured row.
  int measured_rows = 0;

  std::vector<float> d;     // [head]            C2: mean over the measured rows, tokens
  std::vector<float> waad;  // [head][position]  C5: tokens; kUndefined from `measured_rows` on
  std::vector<float> fai;   // [head][position]  C6: kUndefined where T(s) is empty

  // An empty record of these sizes: d is 0, every statistic undefined.
  AttentionRecord(int head_count, int response_tokens);
  AttentionRecord() = default;

  std::span<float> WaadOf(int head) { return {waad.data() + RowBegin(head), RowSize()}; }
  std::span<float> FaiOf(int head) { return {fai.data() + RowBegin(head), RowSize()}; }
  std::span<const float> WaadOf(int head) const { return {waad.data() + RowBegin(head), RowSize()}; }
  std::span<const float> FaiOf(int head) const { return {fai.data() + RowBegin(head), RowSize()}; }

 private:
  size_t RowSize() const { return static_cast<size_t>(response_tokens); }
  size_t RowBegin(int head) const { return static_cast<size_t>(head) * RowSize(); }
};

// Rows in T(s) of C6 for response position s: those at s + h_lo ... min(measured_rows - 1, s + h_hi).
// FAI of s is the sum over them divided by this; 0 means FAI is undefined.
int FutureRowCount(int s, int measured_rows, int h_lo, int h_hi);

}  // namespace rubato
