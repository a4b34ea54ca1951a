#include "common/process_start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

absl::Status CannotStart(const SubprocessOptions& options, int error) {
  const std::string where =
      options.working_directory.empty() ? "" : Concat(" in ", options.working_directory);
  return FileError("start", Concat(options.argv[0], where), error);
}

// posix_spawn shares memory with the parent until exec, so it costs the same however large the parent is.
class Spawn {
 public:
  Spawn() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;

  // An errno, or 0 and the process.
  int Run(const SubprocessOptions& options, const ChildFiles& files, pid_t* pid) {
    if (const int error = SetUp(options, files)) return error;
    return ::posix_spawn(pid, options.argv[0].c_str(), &actions_, &attributes_, Pointers(options.argv).data(),
                         environ);
  }

 private:
  int SetUp(const SubprocessOptions& options, const ChildFiles& files) {
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    int error = ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!error) error = ::posix_spawnattr_setpgroup(&attributes_, 0);
    if (!error) error = ::posix_spawnattr_setsigmask(&attributes_, &none);
    if (!error) error = ::posix_spawnattr_setsigdefault(&attributes_, &all);
    if (!error) error = ::posix_spawn_file_actions_adddup2(&actions_, files.in.get(), STDIN_FILENO);
    if (!error) error = ::posix_spawn_file_actions_adddup2(&actions_, files.out.get(), STDOUT_FILENO);
    if (!error) error = ::posix_spawn_file_actions_adddup2(&actions_, files.err.get(), STDERR_FILENO);
    if (!error) error = ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!error && !options.working_directory.empty()) {
      error = ::posix_spawn_file_actions_addchdir_np(&actions_, options.working_directory.c_str());
    }
    return error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// What happens in a forked child.  Other threads of the parent may have held any lock, so only system calls
// here.
struct ForkedChild {
  pid_t parent;
  char* const* argv;
  const char* working_directory;  // null: the parent's
  int in, out, err;
  int failure_pipe;

  [[noreturn]] void Run() const {
    const int error = SetUp() ? errno : Execute();
    (void)!::write(failure_pipe, &error, sizeof(error));
    ::_exit(127);
  }

  bool SetUp() const {
    if (::setpgid(0, 0) != 0) return true;
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return true;
    // The parent may have died before the request.
    if (::getppid() != parent) ::_exit(127);
    if (working_directory != nullptr && ::chdir(working_directory) != 0) return true;
    if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) return true;
    // The failure pipe is needed until exec, so nothing is closed before.
    return ::syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) != 0;
  }

  int Execute() const {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(argv[0], argv, environ);
    return errno;
  }
};

// An errno, or 0 and the process.
int Fork(const SubprocessOptions& options, const ChildFiles& files, pid_t* pid) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  const std::vector<char*> argv = Pointers(options.argv);
  const ForkedChild child = {::getpid(),
                             argv.data(),
                             options.working_directory.empty() ? nullptr : options.working_directory.c_str(),
                             files.in.get(),
                             files.out.get(),
                             files.err.get(),
                             write_end.get()};
  // A signal handler of the parent must not run in the child.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  *pid = ::fork();
  if (*pid == 0) child.Run();
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (*pid < 0) return fork_error;

  write_end.reset();
  int error = 0;
  ssize_t got;
  do {
    got = ::read(read_end.get(), &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got == 0) return 0;  // closed by exec
  ::waitpid(*pid, nullptr, 0);
  return got == sizeof(error) ? error : EIO;
}

}  // namespace

absl::StatusOr<pid_t> StartProcess(const SubprocessOptions& options, const ChildFiles& files) {
  pid_t pid = -1;
  // posix_spawn cannot ask for a signal at the parent's death.
  const int error = options.die_with_parent ? Fork(options, files, &pid) : Spawn().Run(options, files, &pid);
  if (error != 0) return CannotStart(options, error);
  return pid;
}

}  // namespace rubato
