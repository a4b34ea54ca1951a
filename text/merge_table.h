// The merges of a BPE model: which two tokens become one, and which of two merges goes first.
//
// Filled while a tokenizer is loaded, then read by any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rubato {

class MergeTable {
 public:
  struct Merge {
    static constexpr uint32_t kNever = 0xFFFFFFFF;
    uint32_t rank = kNever;  // lower goes first; kNever: the two do not merge
    int32_t id = -1;         // of what they become
  };

  // Room for `merges` of them.
  explicit MergeTable(size_t merges = 0);

  // The two become `merge.id`; of two merges of one pair the last one counts.
  void Add(int32_t left, int32_t right, Merge merge);

  Merge Find(int32_t left, int32_t right) const {
    const uint64_t key = Key(left, right);
    for (size_t slot = Hash(key);; ++slot) {
      const Slot& found = slots_[slot & mask_];
      if (found.key == key) return found.merge;
      if (found.key == kEmpty) return {};
    }
  }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  struct Slot {
    uint64_t key = kEmpty;
    Merge merge;
  };
  static uint64_t Key(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  // The high bits of a product with an odd constant (Fibonacci hashing) depend on all bits of the key.
  size_t Hash(uint64_t key) const { return key * 0x9E3779B97F4A7C15 >> shift_; }

  std::vector<Slot> slots_;
  size_t mask_;
  int shift_;
};

}  // namespace rubato
