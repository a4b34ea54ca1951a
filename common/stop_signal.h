// SIGTERM and SIGINT as a stop token, for the main of a role.
//
// Make it first in main, before any other thread: the signals are blocked from then on, in every thread, and
// taken by one thread of this object, which requests the stop.  The second signal ends the process at once.

#pragma once

#include <stop_token>
#include <thread>

namespace rubato {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread waiter_;
};

}  // namespace rubato
