#include "common/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "common/clock.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/process_start.h"
#include "common/status.h"

namespace rubato {
namespace {

// The same file under a number above 2, so that giving the child its 0, 1 and 2 overwrites none of the three.
absl::StatusOr<UniqueFd> Above2(int fd, std::string_view name) {
  UniqueFd above(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!above.valid()) return FileError("duplicate", name, errno);
  return above;
}

absl::StatusOr<UniqueFd> OpenAbove2(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, 0644));
  if (!fd.valid()) return FileError("open", path, errno);
  return Above2(fd.get(), path);
}

struct Pipe {
  UniqueFd read_end, write_end;
};

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return FileError("make", "a pipe", errno);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  Pipe pipe;
  ASSIGN_OR_RETURN(pipe.read_end, Above2(read_end.get(), "a pipe"));
  ASSIGN_OR_RETURN(pipe.write_end, Above2(write_end.get(), "a pipe"));
  return pipe;
}

// What the child reads from; our end goes to `ours`.
absl::StatusOr<UniqueFd> Input(bool is_pipe, UniqueFd* ours) {
  if (!is_pipe) return OpenAbove2("/dev/null", O_RDONLY);
  ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
  *ours = std::move(pipe.write_end);
  return std::move(pipe.read_end);
}

absl::StatusOr<UniqueFd> Output(const ProcessOutput& output, int inherited, UniqueFd* ours) {
  switch (output.kind) {
    case ProcessOutput::Kind::kInherit:
      return Above2(inherited, "an output of this process");
    case ProcessOutput::Kind::kNull:
      return OpenAbove2("/dev/null", O_WRONLY);
    case ProcessOutput::Kind::kAppendToFile:
      return OpenAbove2(output.file, O_WRONLY | O_CREAT | O_APPEND);
    case ProcessOutput::Kind::kPipe:
      break;
  }
  ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
  *ours = std::move(pipe.read_end);
  return std::move(pipe.write_end);
}

absl::Status Limit(pid_t pid, __rlimit_resource resource, std::optional<uint64_t> value) {
  if (!value) return absl::OkStatus();
  const rlimit limit = {*value, *value};
  if (::prlimit(pid, resource, &limit, nullptr) == 0) return absl::OkStatus();
  return FileError("limit", Concat("process ", pid), errno);
}

absl::Status SetLimits(pid_t pid, const ProcessLimits& limits) {
  RETURN_IF_ERROR(Limit(pid, RLIMIT_CPU, limits.cpu_seconds));
  RETURN_IF_ERROR(Limit(pid, RLIMIT_AS, limits.address_space_bytes));
  RETURN_IF_ERROR(Limit(pid, RLIMIT_FSIZE, limits.file_size_bytes));
  RETURN_IF_ERROR(Limit(pid, RLIMIT_NOFILE, limits.open_files));
  return limits.core_dumps ? absl::OkStatus() : Limit(pid, RLIMIT_CORE, 0);
}

// False when `pidfd` has not ended at `deadline`.
bool WaitForEnd(int pidfd, absl::Time deadline) {
  while (true) {
    const absl::Duration left =
        std::clamp(deadline - RealClock().Now(), absl::ZeroDuration(), absl::Hours(1));
    // Rounded up, so that the last wait does not end early and spin.
    const int milliseconds = static_cast<int>((left + absl::Microseconds(999)) / absl::Milliseconds(1));
    pollfd ended = {pidfd, POLLIN, 0};
    const int ready = ::poll(&ended, 1, milliseconds);
    if (ready > 0) return true;
    if (RealClock().Now() >= deadline) return false;
  }
}

ProcessExit Reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

}  // namespace

// The mutex keeps Kill from a number that has been given back to the system.
struct Subprocess::Child {
  std::mutex mutex;
  pid_t pid = -1;
  UniqueFd pidfd;
  std::optional<ProcessExit> exit;
};

std::string ProcessExit::ToString() const {
  if (!signalled) return Concat("exit code ", code);
  const char* name = ::sigdescr_np(code);
  return Concat("signal ", code, " (", name ? name : "unknown", ")");
}

Subprocess::Subprocess() : child_(std::make_unique<Child>()) {}
Subprocess::Subprocess(Subprocess&&) noexcept = default;
Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  if (this != &other) {
    KillAndReap();
    child_ = std::move(other.child_);
    stdin_ = std::move(other.stdin_);
    stdout_ = std::move(other.stdout_);
    stderr_ = std::move(other.stderr_);
  }
  return *this;
}
Subprocess::~Subprocess() { KillAndReap(); }

absl::StatusOr<Subprocess> Subprocess::Start(const SubprocessOptions& options) {
  if (options.argv.empty()) return absl::InternalError("a process needs a program");
  Subprocess process;
  ChildFiles files;
  ASSIGN_OR_RETURN(files.in, Input(options.pipe_stdin, &process.stdin_));
  ASSIGN_OR_RETURN(files.out, Output(options.out, STDOUT_FILENO, &process.stdout_));
  ASSIGN_OR_RETURN(files.err, Output(options.err, STDERR_FILENO, &process.stderr_));
  ASSIGN_OR_RETURN(process.child_->pid, StartProcess(options, files));
  process.child_->pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.child_->pid, 0)));
  if (!process.child_->pidfd.valid()) return FileError("watch", options.argv[0], errno);
  RETURN_IF_ERROR(SetLimits(process.child_->pid, options.limits));
  return process;
}

pid_t Subprocess::pid() const { return child_->pid; }

void Subprocess::Kill(int signal) {
  std::lock_guard lock(child_->mutex);
  if (!child_->exit && child_->pid > 0) ::kill(-child_->pid, signal);
}

std::optional<ProcessExit> Subprocess::Wait(absl::Duration timeout) {
  if (child_->exit) return child_->exit;
  if (!WaitForEnd(child_->pidfd.get(), RealClock().Now() + timeout)) return std::nullopt;
  std::lock_guard lock(child_->mutex);
  // The number of the group is the child's until it is reaped.
  ::kill(-child_->pid, SIGKILL);
  child_->exit = Reap(child_->pid);
  return child_->exit;
}

void Subprocess::KillAndReap() {
  if (child_ == nullptr || child_->pid <= 0 || child_->exit) return;
  Kill(SIGKILL);
  child_->exit = Reap(child_->pid);
}

}  // namespace rubato
