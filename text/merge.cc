#include "text/merge.h"

#include <algorithm>
#include <array>
#include <functional>

namespace rubato {
namespace {

using Merge = MergeTable::Merge;

// Up to here looking at all pairs each time is faster than a heap.
constexpr size_t kShort = 48;

// Merges ids[0..count) in place; returns how many are left.
size_t MergeShort(const MergeTable& table, int32_t* ids, size_t count) {
  std::array<Merge, kShort> merges;  // [i]: of ids[i] and ids[i + 1]
  for (size_t i = 0; i + 1 < count; ++i) merges[i] = table.Find(ids[i], ids[i + 1]);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      if (merges[i].rank < merges[best].rank) best = i;
    }
    if (merges[best].rank == Merge::kNever) break;
    ids[best] = merges[best].id;
    --count;
    for (size_t i = best + 1; i < count; ++i) {
      ids[i] = ids[i + 1];
      merges[i - 1] = merges[i];
    }
    if (best > 0) merges[best - 1] = table.Find(ids[best - 1], ids[best]);
    if (best + 1 < count) merges[best] = table.Find(ids[best], ids[best + 1]);
  }
  return count;
}

// A list of ids in which neighbours merge, with a heap of the merges that may be next.
class LongMerger {
 public:
  LongMerger(const MergeTable& table, const int32_t* ids, size_t count) : table_(table), nodes_(count) {
    heap_.reserve(count);
    const auto size = static_cast<uint32_t>(count);
    for (uint32_t i = 0; i < size; ++i) nodes_[i] = {ids[i], i - 1, i + 1, {}};
    for (uint32_t i = 0; i + 1 < size; ++i) {
      if (FindMerge(i)) heap_.push_back(KeyOf(i));
    }
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  // Writes what is left to `ids`; returns how many.
  size_t Run(int32_t* ids) {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const uint64_t key = heap_.back();
      heap_.pop_back();
      const auto left = static_cast<uint32_t>(key);
      if (key == KeyOf(left)) Apply(left);  // otherwise one of the two has merged with another since
    }
    size_t left = 0;
    for (size_t i = 0; i < nodes_.size(); i = nodes_[i].next) ids[left++] = nodes_[i].id;
    return left;
  }

 private:
  struct Node {
    int32_t id;
    uint32_t previous, next;
    Merge merge;  // with the next one; none where this has become a part of the one before
  };

  // Ascending as merges go: by rank, then from left to right.
  uint64_t KeyOf(uint32_t left) const { return uint64_t{nodes_[left].merge.rank} << 32 | left; }

  // Whether the node merges with the next one.
  bool FindMerge(uint32_t left) {
    Node& node = nodes_[left];
    node.merge = node.next < nodes_.size() ? table_.Find(node.id, nodes_[node.next].id) : Merge();
    return node.merge.rank != Merge::kNever;
  }

  void Propose(uint32_t left) {
    if (!FindMerge(left)) return;
    heap_.push_back(KeyOf(left));
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void Apply(uint32_t at) {
    Node& left = nodes_[at];
    Node& right = nodes_[left.next];
    left.id = left.merge.id;
    left.next = right.next;
    right.merge = Merge();
    if (left.next < nodes_.size()) nodes_[left.next].previous = at;
    if (at > 0) Propose(left.previous);
    Propose(at);
  }

  const MergeTable& table_;
  std::vector<Node> nodes_;
  std::vector<uint64_t> heap_;
};

}  // namespace

void MergeTail(const MergeTable& merges, size_t first, std::vector<int32_t>* ids) {
  int32_t* const tail = ids->data() + first;
  const size_t count = ids->size() - first;
  const size_t left =
      count <= kShort ? MergeShort(merges, tail, count) : LongMerger(merges, tail, count).Run(tail);
  ids->resize(first + left);
}

}  // namespace rubato
