#include "credit/top_q.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rubato {
namespace {

std::vector<int> DefinedPositions(std::span<const double> scores) {
  std::vector<int> positions;
  for (size_t t = 0; t < scores.size(); ++t) {
    if (!std::isnan(scores[t])) positions.push_back(static_cast<int>(t));
  }
  return positions;
}

}  // namespace

std::vector<int> TopQ(std::span<const double> scores, double q) {
  std::vector<int> positions = DefinedPositions(scores);
  if (positions.empty()) return positions;
  const double n = static_cast<double>(positions.size());
  const size_t count = std::max<size_t>(1, static_cast<size_t>(std::floor(q * n + 0.5 + 1e-9)));
  const auto higher = [&](int a, int b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; };
  std::sort(positions.begin(), positions.end(), higher);
  positions.resize(std::min(count, positions.size()));
  std::sort(positions.begin(), positions.end());
  return positions;
}

double Median(std::span<const double> values) {
  std::vector<double> defined;
  std::copy_if(values.begin(), values.end(), std::back_inserter(defined),
               [](double value) { return !std::isnan(value); });
  if (defined.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(defined.begin(), defined.end());
  const size_t middle = defined.size() / 2;
  return defined.size() % 2 == 1 ? defined[middle] : (defined[middle - 1] + defined[middle]) / 2;
}

}  // namespace rubato
