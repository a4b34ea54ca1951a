#include "tasks/line_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/clock.h"
#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr uint64_t kOpenFiles = 16;

absl::Status MakeNonblocking(int fd) {
  if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0) return absl::OkStatus();
  return absl::InternalError(Concat("fcntl on a pipe: ", std::strerror(errno)));
}

int PollMilliseconds(absl::Duration left) {
  const int64_t ceiling = absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)));
  return static_cast<int>(std::clamp<int64_t>(ceiling, 0, 1'000'000'000));
}

}  // namespace

absl::StatusOr<LineProcess> LineProcess::Start(const Options& options) {
  SubprocessOptions child;
  child.argv = {options.program};
  child.pipe_stdin = true;
  child.out = ProcessOutput::Pipe();
  child.err = ProcessOutput::Null();
  child.die_with_parent = true;
  if (options.limit_resources) {
    child.limits.address_space_bytes = options.memory_bytes;
    child.limits.file_size_bytes = 0;
    child.limits.open_files = kOpenFiles;
    child.limits.core_dumps = false;
  }
  ASSIGN_OR_RETURN(Subprocess process, Subprocess::Start(child));
  RETURN_IF_ERROR(MakeNonblocking(process.stdin_pipe().get()));
  RETURN_IF_ERROR(MakeNonblocking(process.stdout_pipe().get()));
  return LineProcess(std::move(process), options.line_bytes);
}

void LineProcess::Send(std::string_view line) {
  unsent_ += line;
  unsent_ += '\n';
}

absl::StatusOr<std::string> LineProcess::Receive(absl::Time deadline, int stop_fd) {
  while (true) {
    if (std::optional<std::string> line = received_.Take()) {
      if (line->size() <= line_bytes_) return *std::move(line);
      return absl::AbortedError(Concat("it answered more than ", line_bytes_, " bytes"));
    }
    if (received_.size() > line_bytes_) {
      return absl::AbortedError(Concat("it answered more than ", line_bytes_, " bytes"));
    }
    bool readable = false, writable = false;
    RETURN_IF_ERROR(AwaitPipes(deadline, stop_fd, &readable, &writable));
    // What it said before it went deaf still counts, so reading comes first.
    if (readable) {
      RETURN_IF_ERROR(Read());
    } else if (writable) {
      RETURN_IF_ERROR(Write());
    }
  }
}

// OK once there is something to do.
absl::Status LineProcess::AwaitPipes(absl::Time deadline, int stop_fd, bool* readable, bool* writable) {
  const int in = unsent_.empty() ? -1 : process_.stdin_pipe().get();  // poll passes over -1
  std::array<pollfd, 3> fds = {
      {{stop_fd, POLLIN, 0}, {process_.stdout_pipe().get(), POLLIN, 0}, {in, POLLOUT, 0}}};
  const absl::Duration left = deadline - RealClock().Now();
  const int ready = poll(fds.data(), fds.size(), PollMilliseconds(left));
  if (ready < 0 && errno != EINTR) return absl::InternalError(Concat("poll: ", std::strerror(errno)));
  if (ready <= 0) {
    return left <= absl::ZeroDuration() ? absl::DeadlineExceededError("it did not answer in time")
                                        : absl::OkStatus();
  }
  if (fds[0].revents != 0) return absl::CancelledError("stopped");
  *readable = fds[1].revents != 0;
  *writable = fds[2].revents != 0;
  return absl::OkStatus();
}

absl::Status LineProcess::Write() {
  const ssize_t bytes = write(process_.stdin_pipe().get(), unsent_.data() + sent_, unsent_.size() - sent_);
  if (bytes < 0) return errno == EAGAIN || errno == EINTR ? absl::OkStatus() : Ended();
  sent_ += static_cast<size_t>(bytes);
  if (sent_ == unsent_.size()) {
    unsent_.clear();
    sent_ = 0;
  }
  return absl::OkStatus();
}

absl::Status LineProcess::Read() {
  std::array<char, 1 << 16> chunk;
  const ssize_t bytes = read(process_.stdout_pipe().get(), chunk.data(), chunk.size());
  if (bytes < 0) return errno == EAGAIN || errno == EINTR ? absl::OkStatus() : Ended();
  if (bytes == 0) return Ended();
  received_.Add({chunk.data(), static_cast<size_t>(bytes)});
  return absl::OkStatus();
}

// Its end of a pipe is closed; it is given a moment to say why.
absl::Status LineProcess::Ended() {
  const std::optional<ProcessExit> exit = process_.Wait(absl::Milliseconds(200));
  return absl::AbortedError(exit ? Concat("it ended with ", exit->ToString()) : "it closed its pipes");
}

}  // namespace rubato
