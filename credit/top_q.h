// Ranking of scores: which tokens are the top q of a response, and what its median is.
// A score that is NaN is undefined and never ranked.  Pure functions; safe from any thread.

#pragma once

#include <span>
#include <vector>

namespace rubato {

// Positions of the highest max(1, floor(q * n + 0.5 + 1e-9)) of the n defined scores, ascending; equal scores
// are taken from the lower position up.  Empty when n = 0.  `q` in (0, 1].
std::vector<int> TopQ(std::span<const double> scores, double q);

// Median of the defined values; the mean of the middle two when their count is even.  NaN when there are
// none.
double Median(std::span<const double> values);

}  // namespace rubato
