// Which of the sampled heads look near and which look far (C3).  Pure functions; safe from any thread.

#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

// The two head sets of one response.  A head is named by its index in (layer, head) order among the sampled
// heads: layer_rank * heads + head.  Both lists ascend and are equally long.
struct HeadRanking {
  std::vector<int> local;   // smallest head distance
  std::vector<int> global;  // largest head distance

  friend bool operator==(const HeadRanking&, const HeadRanking&) = default;
};

// Heads in one set when `head_count` heads are ranked: max(1, floor(share * head_count + 1e-9)).
int HeadSetSize(int head_count, double share);

// Sorts heads by `d` (C2), equal ones by index; the first HeadSetSize are local, the last as many are global.
// A single head is in both sets: HeadsAreShared() then says so, for the caller to warn about once.
//   d      [sampled heads], tokens
//   share  in (0, 0.5]
// INVALID_ARGUMENT: no heads, a share out of range, a distance that is negative or not finite.
absl::StatusOr<HeadRanking> RankHeads(std::span<const double> d, double share);
// The same for distances as they travel.
absl::StatusOr<HeadRanking> RankHeads(std::span<const float> d, double share);

// True when a head is in both sets, so that "local" and "global" mean the same: a model with one sampled
// head.
bool HeadsAreShared(const HeadRanking& ranking);

}  // namespace rubato
