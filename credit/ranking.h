// Ranking of scores: which tokens are the top q of a response, and where the middle or any quantile of its
// values lies.  A score that is NaN is undefined and never ranked.  Pure functions; safe from any thread.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rubato {

// How many of n ranked tokens a share q is: max(1, floor(q * n + 0.5 + 1e-9)), and 0 of none.
size_t RankedCount(size_t n, double q);

// Positions whose score is defined, ascending.
std::vector<int> DefinedPositions(std::span<const double> scores);

// Which end of the ranking is taken (C16).
enum class RankEnd { kTop, kBottom };

// Positions of the RankedCount highest (kTop) or lowest (kBottom) of the n defined scores, ascending; equal
// scores are taken from the lower position up, at either end.  Empty when n = 0.  `q` in (0, 1].
std::vector<int> PickQ(std::span<const double> scores, double q, RankEnd end);

// Median of the defined values; the mean of the middle two when their count is even.  NaN when there are
// none.
double Median(std::span<const double> values);

// The x-quantile of the n defined values, linear between neighbours: with p = x * (n - 1), the value at
// floor(p) plus (p - floor(p)) times the step to the next one.  NaN when there are none.  `x` in 0..1.
double Quantile(std::span<const double> values, double x);

}  // namespace rubato
