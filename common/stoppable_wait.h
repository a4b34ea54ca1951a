// Waiting that a shutdown can interrupt.  Free functions, callable from any thread.

#pragma once

#include <stop_token>

#include "absl/time/time.h"

namespace rubato {

// Sleeps for `duration`.  False when `stop` was requested before or meanwhile: then it returns at once.
bool SleepUnlessStopped(absl::Duration duration, const std::stop_token& stop);

}  // namespace rubato
