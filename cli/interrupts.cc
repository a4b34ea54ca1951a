#include "cli/interrupts.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace rubato {

namespace {

// What a signal handler may touch: lock-free, and a pipe that wakes the sleeper.
std::atomic<int> interrupts = 0;
int wake_pipe[2] = {-1, -1};

void OnSignal(int) {
  const int saved = errno;
  interrupts.fetch_add(1);
  [[maybe_unused]] const ssize_t written = write(wake_pipe[1], "", 1);
  errno = saved;
}

}  // namespace

void CatchInterrupts() {
  if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

int InterruptCount() { return interrupts.load(); }

void SleepUntilInterrupt(absl::Duration duration) {
  pollfd wake{wake_pipe[0], POLLIN, 0};
  if (poll(&wake, 1, static_cast<int>(absl::ToInt64Milliseconds(duration))) > 0) {
    char byte[16];
    while (read(wake_pipe[0], byte, sizeof byte) > 0) {
    }
  }
}

}  // namespace rubato
