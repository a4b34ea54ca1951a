// Which elements of a slab weight decay applies to.  A pure function.
#pragma once

#include <vector>

#include "learner/adamw.h"
#include "policy/slab_layout.h"

namespace rubato {

// The element ranges of all tensors with two dimensions, ascending.
std::vector<AdamW::Range> MatrixRanges(const SlabLayout& layout);

}  // namespace rubato
