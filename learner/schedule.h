// The learning rate of an update.  Pure functions.
#pragma once

#include <cstdint>

namespace rubato {

// Grows linearly from lr/warmup at update 0 to lr at update warmup - 1, then stays.
double WarmupLearningRate(double lr, uint64_t warmup, uint64_t update);

// The same warm-up, then half a cosine down to final_share * lr at update total - 1.
double CosineLearningRate(double lr, double final_share, uint64_t warmup, uint64_t total, uint64_t update);

}  // namespace rubato
