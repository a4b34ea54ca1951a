#pragma once

// What decode attention measures for one response in one layer, per query head: WAAD (C5 in docs/credit.md),
// FAI (C6) and the sum behind the head distance (C2).
//
// Owned by whoever owns the sequence and kept when a sequence is set aside; movable, no pointers to
// elsewhere. Attention() writes it for rows that carry it; a row at position t may be measured once, in
// ascending order without gaps, starting at the prompt's length P.  Not thread-safe: one sequence is in one
// Attention() call at a time.
//
// Inside: a ring of the next power of two >= min(h_hi - h_lo + 1, max_response_tokens) slots per head, slot
// s mod slots for position s.  Row t assigns the slot of s = t - h_lo and adds to those of
// [max(P, t - h_hi), t - h_lo); when s = t - h_hi has its last contribution its mean is emitted.

#include <span>
#include <vector>

namespace rubato {

struct AttentionStatsOptions {
  int w = 10;      // window of WAAD in tokens, >= 1
  int h_lo = 10;   // first future lag of FAI, >= 0
  int h_hi = 100;  // last future lag, inclusive, >= h_lo; kToEnd: all rows to the end of the response

  static constexpr int kToEnd = 1 << 30;
};

// Raw view for the kernels: arrays [heads][stride].
struct AttentionStatsBuffers {
  int w, h_lo, h_hi;
  int prompt_tokens;
  float* ring;
  int ring_slots;
  float* waad;
  float* fai;
  int stride;  // of waad and fai: response positions
  double* distance;
};

class AttentionStatsState {
 public:
  // heads, prompt_tokens, max_response_tokens >= 1.
  AttentionStatsState(int heads, int prompt_tokens, int max_response_tokens,
                      const AttentionStatsOptions& options);

  int heads() const { return heads_; }
  int prompt_tokens() const { return prompt_tokens_; }
  // Rows measured so far: the next one must be at position prompt_tokens() + measured_rows().
  int measured_rows() const { return measured_rows_; }

  // Ends the response at the last measured row: positions whose T(s) is partly filled get the mean over the
  // rows that exist, positions whose T(s) is empty get NaN.  Once.
  void Finish();

  // [measured_rows()], by response position.  Fai is complete only after Finish().
  std::span<const float> Waad(int head) const;
  std::span<const float> Fai(int head) const;
  // Sum over the measured rows of sum_s A[t,s] (t - s); divided by measured_rows() this is d (C2).
  double DistanceSum(int head) const { return distance_[static_cast<size_t>(head)]; }

  // Whether the row at `position` is the next to be measured and fits.
  bool Accepts(int position) const {
    return measured_rows_ < max_response_tokens_ && position == prompt_tokens_ + measured_rows_;
  }

  // For Attention() alone.
  AttentionStatsBuffers buffers();
  void AddMeasuredRow() { ++measured_rows_; }

 private:
  AttentionStatsOptions options_;
  int heads_;
  int prompt_tokens_;
  int max_response_tokens_;
  int ring_slots_;
  int measured_rows_ = 0;
  std::vector<float> ring_;
  std::vector<float> waad_;
  std::vector<float> fai_;
  std::vector<double> distance_;
};

}  // namespace rubato
