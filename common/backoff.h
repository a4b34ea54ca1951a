// How long to wait before the next try: doubling from `first` to `most`, each drawn from its upper half so
// that many clients do not return together.  A value; not thread-safe.

#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "common/random_stream.h"

namespace rubato {

struct BackoffOptions {
  absl::Duration first = absl::Milliseconds(100);
  absl::Duration most = absl::Seconds(2);
};

class Backoff {
 public:
  Backoff(const BackoffOptions& options, uint64_t seed);

  absl::Duration Next();
  // After a success: the next wait is the first again.
  void Reset();

 private:
  BackoffOptions options_;
  RandomStream random_;
  absl::Duration next_;
};

}  // namespace rubato
