#pragma once

// The statistics of one head straight from its dense map, in double: C2, C5 and C6 as docs/credit.md writes
// them. Shares nothing with the fast path.  For tests and audits.

#include <span>
#include <vector>

namespace rubato {

struct AttentionStatsRef {
  double distance = 0;       // d (C2): mean over response rows
  std::vector<double> waad;  // C5, by response position
  std::vector<double> fai;   // C6, by response position; NaN where T(s) is empty
};

// map [tokens, tokens]; 1 <= prompt < tokens; h_hi may exceed the response.
AttentionStatsRef ComputeAttentionStatsRef(std::span<const double> map, int tokens, int prompt, int w,
                                           int h_lo, int h_hi);

}  // namespace rubato
