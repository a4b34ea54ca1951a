#include "stats/sampled_layers.h"

namespace rubato {
namespace {

// n / 4 for n >= 0, halves to the even neighbour.
int QuarterHalfEven(int n) {
  const int quotient = n / 4, remainder = n % 4;
  const bool up = remainder > 2 || (remainder == 2 && quotient % 2 == 1);
  return quotient + (up ? 1 : 0);
}

}  // namespace

std::vector<int> SampledLayers(int layer_count) {
  std::vector<int> layers;
  if (layer_count < 1) return layers;
  const int lo = layer_count / 3, hi = 2 * layer_count / 3;
  for (int i = 0; i <= 4; ++i) {
    const int layer = lo + QuarterHalfEven(i * (hi - lo));
    if (layers.empty() || layers.back() != layer) layers.push_back(layer);
  }
  return layers;
}

}  // namespace rubato
