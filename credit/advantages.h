// Group-relative advantages (docs/credit.md, section 3).  Pure functions; safe from any thread.

#pragma once

#include <span>
#include <vector>

namespace rubato {

struct GroupAdvantages {
  std::vector<double> values;  // A_i = (r_i - mean) / (std + 1e-6), one per reward
  double mean = 0;             // of the rewards
  double std = 0;              // of the rewards, population
  // All rewards are equal: the group teaches nothing, and every advantage is exactly 0.
  bool zero_variance = false;
};

// GRPO over the rewards of one group's verified samples.  Sums run in the order given, in double.
// `rewards` must be finite and not empty.
GroupAdvantages GrpoAdvantages(std::span<const double> rewards);

// How many verified samples a group needs: `min_ok`, or max(2, ceil(group_size / 2)) when it is 0.
int ResolveMinOk(int min_ok, int group_size);

}  // namespace rubato
