#pragma once

#include <vector>

namespace rubato {

// How positions are scaled, by the names that `transformers` uses.  Others (dynamic, longrope, multimodal and
// partial rotary embedding) are refused by name when a config is read.
enum class RopeKind { kDefault, kLinear, kLlama3, kYarn };

// The rotary embedding of a model, with everything that config.json may leave out filled in.  A value.
struct RopeConfig {
  RopeKind kind = RopeKind::kDefault;
  double theta = 10000;  // > 0
  double factor = 1;     // all but kDefault: how many times longer than the model first was; >= 1

  double original_max_positions = 0;  // kLlama3, kYarn: the length before scaling
  double low_freq_factor = 1;         // kLlama3
  double high_freq_factor = 4;        // kLlama3; > low_freq_factor

  double attention_factor = 1;  // kYarn: cosines and sines are multiplied by it; mscale is resolved into it
  double beta_fast = 32;        // kYarn
  double beta_slow = 1;         // kYarn
  bool truncate = true;         // kYarn: the ramp begins and ends at whole dimensions
};

// Angle per position of each pair of elements, in radians, and what cosines and sines are multiplied with.
// The angles have the values of fp32 that transformers computes (within a bit or two in the last place).
struct RopeFrequencies {
  std::vector<double> angles;  // [head_dim / 2]
  double scale = 1;
};

// Source of each kind: `modeling_rope_utils.py` of transformers; Llama 3's and YaRN's (arXiv 2309.00071)
// formulas are repeated in the source file.  head_dim is even and > 0.
RopeFrequencies ComputeRopeFrequencies(const RopeConfig& config, int head_dim);

}  // namespace rubato
