#include "text/merge.h"

#include <array>
#include <queue>
#include <tuple>

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
    for (size_t i = 0; i < count; ++i) nodes_[i] = {ids[i], i - 1, i + 1};
    for (size_t i = 0; i + 1 < count; ++i) Propose(i);
  }

  // Writes what is left to `ids`; returns how many.
  size_t Run(int32_t* ids) {
    while (!heap_.empty()) {
      const Proposal proposal = heap_.top();
      heap_.pop();
      if (IsCurrent(proposal)) Apply(proposal);
    }
    size_t left = 0;
    for (size_t i = 0; i < nodes_.size(); i = nodes_[i].next) ids[left++] = nodes_[i].id;
    return left;
  }

 private:
  struct Node {
    int32_t id;  // -1: it has become a part of the one before
    size_t previous, next;
  };
  struct Proposal {
    uint32_t rank;
    size_t left;
    int32_t left_id, right_id, merged_id;
    // The top of a priority queue is its largest element.
    bool operator<(const Proposal& other) const {
      return std::tie(other.rank, other.left) < std::tie(rank, left);
    }
  };

  void Propose(size_t left) {
    const size_t right = nodes_[left].next;
    if (right >= nodes_.size()) return;
    const Merge merge = table_.Find(nodes_[left].id, nodes_[right].id);
    if (merge.rank == Merge::kNever) return;
    heap_.push({merge.rank, left, nodes_[left].id, nodes_[right].id, merge.id});
  }

  bool IsCurrent(const Proposal& proposal) const {
    const Node& left = nodes_[proposal.left];
    return left.id == proposal.left_id && left.next < nodes_.size() &&
           nodes_[left.next].id == proposal.right_id;
  }

  void Apply(const Proposal& proposal) {
    Node& left = nodes_[proposal.left];
    Node& right = nodes_[left.next];
    left.id = proposal.merged_id;
    left.next = right.next;
    right.id = -1;
    if (left.next < nodes_.size()) nodes_[left.next].previous = proposal.left;
    if (proposal.left > 0) Propose(left.previous);
    Propose(proposal.left);
  }

  const MergeTable& table_;
  std::vector<Node> nodes_;
  std::priority_queue<Proposal> heap_;
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
