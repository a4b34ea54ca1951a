#include "tests/stats/dense_maps.h"

#include <algorithm>
#include <cmath>

namespace rubato::dense {

Map RandomMap(int length, double sharpness, std::mt19937* random) {
  std::normal_distribution<double> normal;
  Map a(length);
  for (int t = 0; t < length; ++t) {
    double sum = 0;
    for (int s = 0; s <= t; ++s) {
      a[t].push_back(std::exp(sharpness * normal(*random)));
      sum += a[t].back();
    }
    for (double& p : a[t]) p /= sum;
  }
  return a;
}

Map MeanOf(const std::vector<Map>& maps) {
  Map mean = maps.front();
  for (size_t t = 0; t < mean.size(); ++t) {
    for (size_t s = 0; s <= t; ++s) {
      double sum = 0;
      for (const Map& map : maps) sum += map[t][s];
      mean[t][s] = sum / static_cast<double>(maps.size());
    }
  }
  return mean;
}

double HeadDistance(const Map& a, int prompt) {
  const int n = static_cast<int>(a.size());
  double sum = 0;
  for (int t = prompt; t < n; ++t) {
    for (int s = 0; s <= t; ++s) sum += a[t][s] * (t - s);
  }
  return sum / (n - prompt);
}

Series Waad(const Map& a, int prompt, int w) {
  const int n = static_cast<int>(a.size());
  Series waad;
  for (int t = prompt; t < n; ++t) {
    double sum = 0;
    for (int s = 0; s <= t; ++s) sum += a[t][s] * std::min(t - s, w);
    waad.push_back(sum);
  }
  return waad;
}

Series Fai(const Map& a, int prompt, int h_lo, int h_hi) {
  const int n = static_cast<int>(a.size());
  Series fai;
  for (int s = prompt; s < n; ++s) {
    double sum = 0;
    int rows = 0;
    for (int t = prompt; t < n; ++t) {
      if (t < s + h_lo || t > std::min(n - 1, s + h_hi)) continue;
      sum += a[t][s];
      ++rows;
    }
    fai.push_back(rows == 0 ? std::nullopt : std::optional(sum / rows));
  }
  return fai;
}

}  // namespace rubato::dense
