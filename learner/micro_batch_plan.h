// How a batch of sequences is cut into the micro-batches of one pass each.  A pure function.
#pragma once

#include <span>
#include <vector>

namespace rubato {

// Splits sequences, in order, into runs whose rows fit into `budget` and are about equal; a sequence that is
// longer than the budget gets a run of its own.  Where that costs no pass below kMinPassRows the number of
// runs is a multiple of 4, so that 1, 2 or 4 threads have equal shares; it never depends on the number of
// threads. Returns the first sequence of each run, then the number of sequences.
std::vector<int> PlanMicroBatches(std::span<const int> rows_of_sequence, int budget);

inline constexpr int kMinPassRows = 512;

}  // namespace rubato
