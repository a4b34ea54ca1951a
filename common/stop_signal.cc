#include "common/stop_signal.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace rubato {
namespace {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::jthread([this, set](std::stop_token done) {
    const timespec tick{0, 100'000'000};  // how long the destructor may wait
    while (!done.stop_requested()) {
      const int signal = sigtimedwait(&set, nullptr, &tick);
      if (signal > 0 && !stop_.request_stop()) _exit(128 + signal);
    }
  });
}

StopSignal::~StopSignal() = default;  // ends and joins the waiter

}  // namespace rubato
