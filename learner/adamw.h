// AdamW over the flat fp32 slab: decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm
// 2), for matrices only; norms are not decayed.
//
//   m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g^2
//   w = w - lr * decay * w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
//
// Each element is on its own, so results depend neither on threads nor on the order.
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "policy/slab.h"

namespace rubato {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.95;
  double eps = 1e-8;
  double weight_decay = 0;
};

// What must be kept to go on as if never interrupted.
struct AdamWState {
  uint64_t updates = 0;  // t
  Slab first_moment;
  Slab second_moment;
};

class AdamW {
 public:
  // decayed_ranges: element ranges [first, last) of matrices, ascending, within [0, size).
  struct Range {
    int64_t first = 0;
    int64_t last = 0;
  };
  AdamW(const AdamWOptions& options, int64_t size, std::vector<Range> decayed_ranges);

  // One update; both spans have `size` elements.  Each gradient is multiplied by gradient_scale first.
  void Apply(std::span<float> weights, std::span<const float> gradient, double gradient_scale, double lr);

  const AdamWState& state() const { return state_; }
  // `state` must have moments of `size` elements.
  void Restore(AdamWState state) { state_ = std::move(state); }

 private:
  AdamWOptions options_;
  std::vector<Range> decayed_ranges_;
  AdamWState state_;
};

// sqrt(sum of squares), summed in double over fixed blocks of 4,096 elements, then over blocks in order.
double GradientNorm(std::span<const float> gradient);

// Factor that brings a gradient of `norm` down to `clip_norm`; 1 if it is shorter, or if clip_norm is 0.
double ClipScale(double norm, double clip_norm);

}  // namespace rubato
