#include "policy/rope_config.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rubato {

namespace {

// Everything below is rounded to fp32 where transformers rounds: a model's angles are what its other engines
// compute, and at a far position the last bit of an angle is visible in a log-prob.

// Llama 3.  With `length` the length before scaling and wave(a) = 2 pi / a the positions of one turn:
//   wave <= length / high_freq_factor   a, as it was
//   wave >= length / low_freq_factor    a / factor
//   between                             (1 - s) a / factor + s a,
//                                       s = (length / wave - low) / (high - low)
float Llama3Angle(const RopeConfig& config, float angle) {
  const auto factor = static_cast<float>(config.factor);
  const auto length = static_cast<float>(config.original_max_positions);
  // torch divides a number by a tensor as a product with the reciprocal.
  const float wave = 1 / angle * static_cast<float>(2 * std::numbers::pi);
  if (wave > static_cast<float>(config.original_max_positions / config.low_freq_factor))
    return angle / factor;
  if (wave < static_cast<float>(config.original_max_positions / config.high_freq_factor)) return angle;
  const float share = (1 / wave * length - static_cast<float>(config.low_freq_factor)) /
                      static_cast<float>(config.high_freq_factor - config.low_freq_factor);
  return (1 - share) * angle / factor + share * angle;
}

// YaRN's equation for the pair of elements (not rounded) that makes `turns` turns in the length before
// scaling:  head_dim ln(length / (2 pi turns)) / (2 ln theta).
double PairOfTurns(const RopeConfig& config, int head_dim, double turns) {
  const double length = config.original_max_positions;
  return head_dim * std::log(length / (turns * 2 * std::numbers::pi)) / (2 * std::log(config.theta));
}

// YaRN.  Pair i, whose `wave` is theta^(2 i / head_dim), is divided by `factor` to the share r(i), a ramp
// that rises from 0 at the pair of beta_fast turns to 1 at the pair of beta_slow turns:  (1 - r) a + r a /
// factor.
float YarnAngle(const RopeConfig& config, int head_dim, int pair, float wave) {
  double low = PairOfTurns(config, head_dim, config.beta_fast);
  double high = PairOfTurns(config, head_dim, config.beta_slow);
  if (config.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, head_dim - 1.0);
  if (low == high) high += 0.001;  // as transformers avoids the division by zero
  const float place = (static_cast<float>(pair) - static_cast<float>(low)) / static_cast<float>(high - low);
  const float kept = 1 - std::clamp(place, 0.0f, 1.0f);
  return 1 / (static_cast<float>(config.factor) * wave) * (1 - kept) + 1 / wave * kept;
}

float Angle(const RopeConfig& config, int head_dim, int pair) {
  const float exponent = static_cast<float>(2 * pair) / static_cast<float>(head_dim);
  const auto wave = static_cast<float>(
      std::pow(static_cast<double>(static_cast<float>(config.theta)), static_cast<double>(exponent)));
  switch (config.kind) {
    case RopeKind::kDefault:
      break;
    case RopeKind::kLinear:
      return 1 / wave / static_cast<float>(config.factor);
    case RopeKind::kLlama3:
      return Llama3Angle(config, 1 / wave);
    case RopeKind::kYarn:
      return YarnAngle(config, head_dim, pair, wave);
  }
  return 1 / wave;
}

}  // namespace

RopeFrequencies ComputeRopeFrequencies(const RopeConfig& config, int head_dim) {
  RopeFrequencies result;
  for (int pair = 0; pair < head_dim / 2; ++pair) result.angles.push_back(Angle(config, head_dim, pair));
  if (config.kind == RopeKind::kYarn) result.scale = config.attention_factor;
  return result;
}

}  // namespace rubato
