// Where time enters, so that tests can bend it.

#pragma once

#include "absl/time/time.h"

namespace rubato {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes back while the process lives, whatever happens to the wall clock.
  virtual absl::Time Now() const = 0;
};

// The wall clock as it was at the first use, carried on by the steady clock.  Lives forever.
const Clock& RealClock();

}  // namespace rubato
