#include "learner/schedule.h"

#include <algorithm>
#include <cmath>

namespace rubato {

double WarmupLearningRate(double lr, uint64_t warmup, uint64_t update) {
  if (update >= warmup) return lr;
  return lr * static_cast<double>(update + 1) / static_cast<double>(warmup);
}

double CosineLearningRate(double lr, double final_share, uint64_t warmup, uint64_t total, uint64_t update) {
  if (update < warmup || total <= warmup + 1) return WarmupLearningRate(lr, warmup, update);
  const double progress = static_cast<double>(update - warmup) / static_cast<double>(total - 1 - warmup);
  const double height = 0.5 * (1 + std::cos(M_PI * std::min(progress, 1.0)));
  return lr * (final_share + (1 - final_share) * height);
}

}  // namespace rubato
