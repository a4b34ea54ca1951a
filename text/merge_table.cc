#include "text/merge_table.h"

#include <algorithm>
#include <bit>

namespace rubato {

MergeTable::MergeTable(size_t merges)
    : slots_(std::bit_ceil(std::max<size_t>(4, 2 * merges))),
      mask_(slots_.size() - 1),
      shift_(64 - std::countr_zero(slots_.size())) {}

void MergeTable::Add(int32_t left, int32_t right, Merge merge) {
  const uint64_t key = Key(left, right);
  size_t slot = Hash(key);
  while (slots_[slot & mask_].key != kEmpty && slots_[slot & mask_].key != key) ++slot;
  slots_[slot & mask_] = {key, merge};
}

}  // namespace rubato
