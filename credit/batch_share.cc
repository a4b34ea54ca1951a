#include "credit/batch_share.h"

#include <algorithm>
#include <numeric>

namespace rubato {

std::vector<uint32_t> ShareByTokens(std::span<const uint64_t> tokens, uint32_t world) {
  std::vector<size_t> longest_first(tokens.size());
  std::iota(longest_first.begin(), longest_first.end(), 0);
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [&](size_t a, size_t b) { return tokens[a] > tokens[b]; });
  std::vector<uint64_t> load(world, 0);
  std::vector<uint32_t> rank_of(tokens.size(), 0);
  for (const size_t sample : longest_first) {
    const auto least = std::min_element(load.begin(), load.end());
    rank_of[sample] = static_cast<uint32_t>(least - load.begin());
    *least += tokens[sample];
  }
  return rank_of;
}

}  // namespace rubato
