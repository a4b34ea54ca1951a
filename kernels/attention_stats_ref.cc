#include "kernels/attention_stats_ref.h"

#include <algorithm>
#include <limits>

namespace rubato {

AttentionStatsRef ComputeAttentionStatsRef(std::span<const double> map, int tokens, int prompt, int w,
                                           int h_lo, int h_hi) {
  const auto a = [&](int t, int s) {
    return map[static_cast<size_t>(t) * static_cast<size_t>(tokens) + static_cast<size_t>(s)];
  };
  AttentionStatsRef ref;
  for (int t = prompt; t < tokens; ++t) {
    double waad = 0;
    for (int s = 0; s <= t; ++s) {
      waad += a(t, s) * std::min(t - s, w);
      ref.distance += a(t, s) * (t - s) / (tokens - prompt);
    }
    ref.waad.push_back(waad);
  }
  for (int s = prompt; s < tokens; ++s) {
    double sum = 0;
    int rows = 0;
    for (int t = prompt; t < tokens; ++t) {
      if (t - s < h_lo || t - s > h_hi) continue;
      sum += a(t, s);
      ++rows;
    }
    ref.fai.push_back(rows > 0 ? sum / rows : std::numeric_limits<double>::quiet_NaN());
  }
  return ref;
}

}  // namespace rubato
