// A sequence of random numbers for one purpose, over Philox: shuffles, generators of data, jitter.
//
// A value: a copy goes on where the original was.  Two streams of one seed with different purposes are
// independent. Not thread-safe.

#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "common/rng.h"

namespace rubato {

class RandomStream {
 public:
  // `purpose` says what it is for and keeps streams of one seed apart: "data order of pass 3".
  RandomStream(uint64_t seed, std::string_view purpose);

  uint64_t Next();
  // Uniform on 0..n-1; n > 0.
  uint64_t Below(uint64_t n);
  // Uniform on [0, 1).
  double Uniform();
  // Standard normal (Box-Muller, one value per two draws).
  double Normal();

  // A uniformly random order of `values` (Fisher-Yates from the end).
  template <typename Container>
  void Shuffle(Container* values) {
    for (uint64_t i = values->size(); i > 1; --i) std::swap((*values)[i - 1], (*values)[Below(i)]);
  }

 private:
  PhiloxKey key_;
  uint64_t stream_;
  uint64_t draws_ = 0;
};

}  // namespace rubato
