#include "policy/rope_config.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rubato {

namespace {

// Llama 3.  With `length` the length before scaling and wave(a) = 2 pi / a the positions of one turn:
//   wave <= length / high_freq_factor   a, as it was
//   wave >= length / low_freq_factor    a / factor
//   between                             (1 - s) a / factor + s a,
//                                       s = (length / wave - low) / (high - low)
double Llama3Angle(const RopeConfig& config, double angle) {
  const double turns = config.original_max_positions * angle / (2 * std::numbers::pi);
  const double kept = (turns - config.low_freq_factor) / (config.high_freq_factor - config.low_freq_factor);
  const double share = std::clamp(kept, 0.0, 1.0);
  return (1 - share) * angle / config.factor + share * angle;
}

// YaRN's equation for the pair of elements (not rounded) that makes `turns` turns in the length before
// scaling:  head_dim ln(length / (2 pi turns)) / (2 ln theta).
double PairOfTurns(const RopeConfig& config, int head_dim, double turns) {
  const double length = config.original_max_positions;
  return head_dim * std::log(length / (turns * 2 * std::numbers::pi)) / (2 * std::log(config.theta));
}

// YaRN.  Pair i is divided by `factor` to the share r(i), a ramp that rises from 0 at the pair of beta_fast
// turns to 1 at the pair of beta_slow turns:  (1 - r) a + r a / factor.
void ScaleByYarn(const RopeConfig& config, int head_dim, std::vector<double>* angles) {
  double low = PairOfTurns(config, head_dim, config.beta_fast);
  double high = PairOfTurns(config, head_dim, config.beta_slow);
  if (config.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, head_dim - 1.0);
  if (low == high) high += 0.001;  // as transformers avoids the division by zero
  for (size_t i = 0; i < angles->size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    double& angle = (*angles)[i];
    angle = (1 - ramp) * angle + ramp * angle / config.factor;
  }
}

}  // namespace

RopeFrequencies ComputeRopeFrequencies(const RopeConfig& config, int head_dim) {
  RopeFrequencies result;
  for (int i = 0; i < head_dim / 2; ++i) {
    result.angles.push_back(std::pow(config.theta, -2.0 * i / head_dim));
  }
  switch (config.kind) {
    case RopeKind::kDefault:
      break;
    case RopeKind::kLinear:
      for (double& angle : result.angles) angle /= config.factor;
      break;
    case RopeKind::kLlama3:
      for (double& angle : result.angles) angle = Llama3Angle(config, angle);
      break;
    case RopeKind::kYarn:
      ScaleByYarn(config, head_dim, &result.angles);
      result.scale = config.attention_factor;
      break;
  }
  return result;
}

}  // namespace rubato
