#include "learner/micro_batch_plan.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace rubato {
namespace {

// Fills one run after the other up to `budget`.
std::vector<int> Fill(std::span<const int> rows_of_sequence, int64_t budget) {
  std::vector<int> firsts;
  int64_t rows = 0;
  for (size_t i = 0; i < rows_of_sequence.size(); ++i) {
    if (firsts.empty() || rows + rows_of_sequence[i] > budget) {
      firsts.push_back(static_cast<int>(i));
      rows = 0;
    }
    rows += rows_of_sequence[i];
  }
  firsts.push_back(static_cast<int>(rows_of_sequence.size()));
  return firsts;
}

}  // namespace

std::vector<int> PlanMicroBatches(std::span<const int> rows_of_sequence, int budget) {
  const int64_t rows = std::accumulate(rows_of_sequence.begin(), rows_of_sequence.end(), int64_t{0});
  size_t runs = Fill(rows_of_sequence, budget).size() - 1;
  const size_t rounded = (runs + 3) / 4 * 4;
  if (rows >= static_cast<int64_t>(rounded) * kMinPassRows) runs = rounded;

  // The smallest budget that needs no more runs makes them the most equal.
  int64_t low = 0, high = budget;
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    (Fill(rows_of_sequence, middle).size() - 1 <= runs ? high : low) = middle;
  }
  return Fill(rows_of_sequence, high);
}

}  // namespace rubato
