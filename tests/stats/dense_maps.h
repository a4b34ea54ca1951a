// Dense fp64 attention maps, and the statistics of docs/credit.md taken from them word for word (C2, C4-C7).
// Slow on purpose; shares no code with what it is compared to.

#pragma once

#include <optional>
#include <random>
#include <vector>

namespace rubato::dense {

// a[t][s], rows sum to 1; row t has t + 1 columns.
using Map = std::vector<std::vector<double>>;
using Series = std::vector<std::optional<double>>;  // by response position

// A causal map over `length` positions.  `sharpness` near 0 is flat; large is one key per row.
Map RandomMap(int length, double sharpness, std::mt19937* random);

// C4: the plain mean of maps of one size.
Map MeanOf(const std::vector<Map>& maps);

double HeadDistance(const Map& a, int prompt);             // C2
Series Waad(const Map& a, int prompt, int w);              // C5
Series Fai(const Map& a, int prompt, int h_lo, int h_hi);  // C6

}  // namespace rubato::dense
