// The loop of byte pair encoding. A pure function.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/merge_table.h"

namespace rubato {

// Merges the ids from index `first` to the end of `ids` until no two neighbours merge: lowest rank first, of
// equal ranks the leftmost. Time n log n in their number.
void MergeTail(const MergeTable& merges, size_t first, std::vector<int32_t>* ids);

}  // namespace rubato
