#pragma once

// Rotary position embedding as Hugging Face's Llama and Qwen apply it: element i of the first half of a head
// is rotated with element i of the second half by the angle position * theta^(-2i / head_dim).

#include <vector>

namespace rubato {

// Cosines and sines for every position, computed in double and rounded once.  Immutable; any thread.
class RopeTable {
 public:
  // head_dim even and > 0, positions > 0.
  RopeTable(double theta, int head_dim, int positions);

  int head_dim() const { return head_dim_; }
  int positions() const { return positions_; }

  // [head_dim / 2] each.
  const float* cosines(int position) const { return row(position); }
  const float* sines(int position) const { return row(position) + head_dim_ / 2; }

 private:
  const float* row(int position) const { return table_.data() + static_cast<long>(position) * head_dim_; }

  int head_dim_;
  int positions_;
  std::vector<float> table_;
};

// Rotates in place `heads` heads of one token, contiguous, at `position` < table.positions():
//   (a, b) becomes (fma(a, cos, -(b sin)), fma(b, cos, a sin)).
void ApplyRope(const RopeTable& table, int position, int heads, float* x);

// The gradient of the same: rotates in place by the negative angle.
void ApplyRopeBackward(const RopeTable& table, int position, int heads, float* dx);

}  // namespace rubato
