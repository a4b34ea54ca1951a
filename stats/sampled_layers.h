// Which layers of a model are measured (C1).  A pure function; safe from any thread.

#pragma once

#include <vector>

namespace rubato {

// The layers whose attention is measured in a model of `layer_count` layers: 0-based, ascending, five at
// most, spread over the middle third.  Empty for a model without layers.
std::vector<int> SampledLayers(int layer_count);

}  // namespace rubato
