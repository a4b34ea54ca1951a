// From per-head statistics to one value per token (C4): the mean of WAAD over the local heads and of FAI over
// the global ones.  Both are linear in the attention map, so this equals the statistic of the mean map. Pure;
// safe from any thread.

#pragma once

#include <vector>

#include "stats/attention_record.h"
#include "stats/head_ranking.h"

namespace rubato {

struct SetMeans {
  std::vector<float> waad;  // [T], tokens; NaN where the record's is
  std::vector<float> fai;   // [T]; NaN where the record's is
};

// Sums over a set in (layer, head) order in double, divides by its size, rounds once to fp32.
// Both sets of `ranking` must name heads of `record` and be non-empty.
SetMeans MeansOverSets(const AttentionRecord& record, const HeadRanking& ranking);

}  // namespace rubato
