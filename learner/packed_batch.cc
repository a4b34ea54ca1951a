#include "learner/packed_batch.h"

#include <algorithm>

namespace rubato {

int PackedBatch::target_count() const {
  return static_cast<int>(targets.size() - std::count(targets.begin(), targets.end(), kNoTarget));
}

void PackedBatch::Append(std::span<const int32_t> sequence, std::span<const uint8_t> trained,
                         float temperature) {
  for (size_t i = 0; i + 1 < sequence.size(); ++i) {
    tokens.push_back(sequence[i]);
    targets.push_back(trained[i + 1] ? sequence[i + 1] : kNoTarget);
  }
  starts.push_back(rows());
  temperatures.push_back(temperature);
}

std::vector<int> PlanMicroBatches(std::span<const int> rows_of_sequence, int budget) {
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

}  // namespace rubato
