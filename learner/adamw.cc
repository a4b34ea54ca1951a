#include "learner/adamw.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rubato {
namespace {

// Everything that is the same for all elements of one update.
struct Update {
  float beta1, beta2, eps;
  float gradient_scale;
  float step;            // lr / (1 - beta1^t)
  float variance_scale;  // 1 / (1 - beta2^t)
  float keep;            // 1 - lr * decay
};

void ApplyRange(const Update& update, int64_t first, int64_t last, float* weights, const float* gradient,
                float* first_moment, float* second_moment) {
  for (int64_t i = first; i < last; ++i) {
    const float g = gradient[i] * update.gradient_scale;
    const float m = update.beta1 * first_moment[i] + (1 - update.beta1) * g;
    const float v = update.beta2 * second_moment[i] + (1 - update.beta2) * (g * g);
    first_moment[i] = m;
    second_moment[i] = v;
    weights[i] =
        update.keep * weights[i] - update.step * m / (std::sqrt(v * update.variance_scale) + update.eps);
  }
}

}  // namespace

AdamW::AdamW(const AdamWOptions& options, int64_t size, std::vector<Range> decayed_ranges)
    : options_(options), decayed_ranges_(std::move(decayed_ranges)) {
  state_.first_moment = Slab(size);
  state_.second_moment = Slab(size);
}

void AdamW::Apply(std::span<float> weights, std::span<const float> gradient, double gradient_scale,
                  double lr) {
  const double t = static_cast<double>(++state_.updates);
  Update update = {static_cast<float>(options_.beta1),
                   static_cast<float>(options_.beta2),
                   static_cast<float>(options_.eps),
                   static_cast<float>(gradient_scale),
                   static_cast<float>(lr / (1 - std::pow(options_.beta1, t))),
                   static_cast<float>(1 / (1 - std::pow(options_.beta2, t))),
                   1};
  const auto apply = [&](int64_t first, int64_t last, float keep) {
    update.keep = keep;
    ApplyRange(update, first, last, weights.data(), gradient.data(), state_.first_moment.data(),
               state_.second_moment.data());
  };
  const float decayed = static_cast<float>(1 - lr * options_.weight_decay);
  int64_t done = 0;
  for (const Range& range : decayed_ranges_) {
    apply(done, range.first, 1);
    apply(range.first, range.last, decayed);
    done = range.last;
  }
  apply(done, static_cast<int64_t>(weights.size()), 1);
}

double GradientNorm(std::span<const float> gradient) {
  constexpr size_t kBlock = 4096;
  double total = 0;
  for (size_t first = 0; first < gradient.size(); first += kBlock) {
    double block = 0;
    for (const float g : gradient.subspan(first, std::min(kBlock, gradient.size() - first))) {
      block += static_cast<double>(g) * g;
    }
    total += block;
  }
  return std::sqrt(total);
}

double ClipScale(double norm, double clip_norm) {
  return clip_norm > 0 && norm > clip_norm ? clip_norm / norm : 1;
}

}  // namespace rubato
