#include "credit/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rubato {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<double> SortedDefined(std::span<const double> values) {
  std::vector<double> defined;
  std::copy_if(values.begin(), values.end(), std::back_inserter(defined),
               [](double value) { return !std::isnan(value); });
  std::sort(defined.begin(), defined.end());
  return defined;
}

}  // namespace

size_t RankedCount(size_t n, double q) {
  const double share = std::floor(q * static_cast<double>(n) + 0.5 + 1e-9);
  return std::min(n, std::max<size_t>(1, static_cast<size_t>(share)));
}

std::vector<int> DefinedPositions(std::span<const double> scores) {
  std::vector<int> positions;
  for (size_t t = 0; t < scores.size(); ++t) {
    if (!std::isnan(scores[t])) positions.push_back(static_cast<int>(t));
  }
  return positions;
}

std::vector<int> PickQ(std::span<const double> scores, double q, RankEnd end) {
  std::vector<int> positions = DefinedPositions(scores);
  const auto sooner = [&](int a, int b) {
    if (scores[a] == scores[b]) return a < b;
    return (scores[a] > scores[b]) == (end == RankEnd::kTop);
  };
  std::sort(positions.begin(), positions.end(), sooner);
  positions.resize(RankedCount(positions.size(), q));
  std::sort(positions.begin(), positions.end());
  return positions;
}

double Median(std::span<const double> values) {
  const std::vector<double> defined = SortedDefined(values);
  if (defined.empty()) return kNone;
  const size_t middle = defined.size() / 2;
  return defined.size() % 2 == 1 ? defined[middle] : (defined[middle - 1] + defined[middle]) / 2;
}

double Quantile(std::span<const double> values, double x) {
  const std::vector<double> defined = SortedDefined(values);
  if (defined.empty()) return kNone;
  const double place = x * static_cast<double>(defined.size() - 1);
  const size_t below = static_cast<size_t>(place);
  if (below + 1 >= defined.size()) return defined.back();
  return defined[below] + (place - std::floor(place)) * (defined[below + 1] - defined[below]);
}

}  // namespace rubato
