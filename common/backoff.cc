#include "common/backoff.h"

#include <algorithm>

namespace rubato {

Backoff::Backoff(const BackoffOptions& options, uint64_t seed)
    : options_(options), random_(seed, "backoff"), next_(options.first) {}

absl::Duration Backoff::Next() {
  const absl::Duration wait = next_ * (0.5 + 0.5 * random_.Uniform());
  next_ = std::min(next_ * 2, options_.most);
  return wait;
}

void Backoff::Reset() { next_ = options_.first; }

}  // namespace rubato
