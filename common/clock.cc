#include "common/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace rubato {
namespace {

class SteadyClock : public Clock {
 public:
  absl::Time Now() const override {
    return wall_ + absl::FromChrono(std::chrono::steady_clock::now() - steady_);
  }

 private:
  const std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
  const absl::Time wall_ = absl::Now();
};

}  // namespace

const Clock& RealClock() {
  static const SteadyClock& clock = *new SteadyClock;
  return clock;
}

}  // namespace rubato
