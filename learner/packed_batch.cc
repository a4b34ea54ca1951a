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

}  // namespace rubato
