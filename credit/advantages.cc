#include "credit/advantages.h"

#include <algorithm>
#include <cmath>

namespace rubato {
namespace {

// Keeps the quotient finite; the paper's GRPO baseline uses the same.
constexpr double kStdEpsilon = 1e-6;

double MeanOf(std::span<const double> values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double PopulationStd(std::span<const double> values, double mean) {
  double sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

GroupAdvantages GrpoAdvantages(std::span<const double> rewards) {
  GroupAdvantages group;
  const auto [min, max] = std::minmax_element(rewards.begin(), rewards.end());
  group.zero_variance = *min == *max;
  if (group.zero_variance) {  // not from the sums, whose rounding would leave a trace of an advantage
    group.mean = *min;
    group.values.assign(rewards.size(), 0.0);
    return group;
  }
  group.mean = MeanOf(rewards);
  group.std = PopulationStd(rewards, group.mean);
  for (double reward : rewards) group.values.push_back((reward - group.mean) / (group.std + kStdEpsilon));
  return group;
}

int ResolveMinOk(int min_ok, int group_size) {
  return min_ok > 0 ? min_ok : std::max(2, (group_size + 1) / 2);
}

}  // namespace rubato
