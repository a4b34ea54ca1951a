#pragma once

#include <cstdint>

#include "common/rng.h"
#include "proto/identity.pb.h"

namespace rubato {

// The key of a sample's randomness: a pure function of the run's seed and of what the sample is, never of who
// makes it, when, or for which time.  Training and evaluation have streams of their own.
PhiloxKey SampleStream(uint64_t run_seed, const WorkKey& key);

}  // namespace rubato
