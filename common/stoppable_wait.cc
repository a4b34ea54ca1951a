#include "common/stoppable_wait.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace rubato {

bool SleepUnlessStopped(absl::Duration duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  // The end must fit into the steady clock's nanoseconds.
  duration = std::min(duration, absl::Hours(24 * 365));
  woken.wait_for(lock, stop, absl::ToChronoNanoseconds(duration), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace rubato
