// The statistics of one response as the credit service sees them: decoded, checked, one value per token.
// A value; safe from any thread.

#pragma once

#include <vector>

#include "stats/capture.h"
#include "stats/head_ranking.h"

namespace rubato {

struct DecodedStats {
  Capture capture;
  int response_tokens = 0;  // T
  int measured_rows = 0;    // <= T
  std::vector<float> d;     // [sampled heads]
  std::vector<float> waad;  // [T]: mean over ranking.local; NaN from measured_rows on
  std::vector<float> fai;   // [T]: mean over ranking.global; NaN exactly where T(s) of C6 is empty
  HeadRanking ranking;

  // False: a row could not be run; token weights are not computed from it (status `incomplete`).
  bool Complete() const { return measured_rows == response_tokens; }
};

}  // namespace rubato
