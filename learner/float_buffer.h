// Scratch memory of floats that only grows, 64-byte aligned.
//
// Owned by one pass; one thread at a time.
#pragma once

#include <cstdint>

#include "policy/slab.h"

namespace rubato {

class FloatBuffer {
 public:
  // Room for `floats`; what was there before is lost if it had to grow.
  float* Reserve(int64_t floats) {
    if (floats > memory_.size()) memory_ = Slab(floats);
    return memory_.data();
  }
  float* data() { return memory_.data(); }
  const float* data() const { return memory_.data(); }

 private:
  Slab memory_;
};

}  // namespace rubato
