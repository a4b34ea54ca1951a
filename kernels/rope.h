#pragma once

// Rotary position embedding as Hugging Face's Llama and Qwen apply it: element i of the first half of a head
// is rotated with element i of the second half by the angle position * angles[i].

#include <memory>
#include <vector>

namespace rubato {

// Cosines and sines by position, of angles rounded to fp32, otherwise computed in double and rounded once.
// Made in blocks of positions when one of a block is first asked for, so that a model for 262,144 positions
// costs the memory of those it sees.
//
// Any thread, at any time; what was returned stays where it is while the table lives, also when it is moved.
class RopeTable {
 public:
  // angles [head_dim / 2]: radians per position, not empty.  Cosines and sines are multiplied by `scale`
  // (YaRN's attention factor) before they are rounded.  positions > 0.
  RopeTable(std::vector<double> angles, double scale, int positions);
  ~RopeTable();
  RopeTable(RopeTable&&) noexcept;
  RopeTable& operator=(RopeTable&&) noexcept;

  int head_dim() const;
  int positions() const;

  // [head_dim / 2] each, for 0 <= position < positions().
  const float* cosines(int position) const;
  const float* sines(int position) const { return cosines(position) + head_dim() / 2; }

 private:
  struct Blocks;
  std::unique_ptr<Blocks> blocks_;
};

// Rotates in place `heads` heads of one token, contiguous, at `position` < table.positions():
//   (a, b) becomes (fma(a, cos, -(b sin)), fma(b, cos, a sin)).
void ApplyRope(const RopeTable& table, int position, int heads, float* x);

// The gradient of the same: rotates in place by the negative angle (and multiplies by the scale once more).
void ApplyRopeBackward(const RopeTable& table, int position, int heads, float* dx);

}  // namespace rubato
