// A child process, in a process group of its own, which its owner ends.
//
// Movable; owned by one thread at a time (Kill may be called from any while the owner waits elsewhere).  The
// destructor kills the whole group with SIGKILL and reaps the child: no child outlives its Subprocess.  A
// signal typed at the terminal reaches the parent's group only.
//
// `die_with_parent` asks the kernel (PR_SET_PDEATHSIG) to kill the child with SIGKILL when the THREAD that
// called Start ends, be it with the whole process: start such children from a thread that lives to the end.
// The grandchildren of a child killed that way are its own affair.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/unique_fd.h"

namespace rubato {

// Set right after the start, before the caller can write to the child.  Absent: as the parent's.
struct ProcessLimits {
  std::optional<uint64_t> cpu_seconds = {};
  std::optional<uint64_t> address_space_bytes = {};
  std::optional<uint64_t> file_size_bytes = {};
  std::optional<uint64_t> open_files = {};
  bool core_dumps = true;
};

// Where an output of the child goes.
struct ProcessOutput {
  enum class Kind { kInherit, kNull, kPipe, kAppendToFile };
  Kind kind = Kind::kInherit;
  std::string file = "";  // kAppendToFile: created if missing

  static ProcessOutput Inherit() { return {}; }
  static ProcessOutput Null() { return {Kind::kNull, ""}; }
  static ProcessOutput Pipe() { return {Kind::kPipe, ""}; }
  static ProcessOutput AppendToFile(std::string path) { return {Kind::kAppendToFile, std::move(path)}; }
};

struct SubprocessOptions {
  std::vector<std::string> argv = {};  // argv[0] is the path of the program; PATH is not searched
  std::string working_directory = "";  // empty: the parent's
  bool pipe_stdin = false;             // false: /dev/null
  ProcessOutput out = {};
  ProcessOutput err = {};
  bool die_with_parent = false;
  ProcessLimits limits = {};
};

struct ProcessExit {
  bool signalled = false;
  int code = 0;  // exit code, or the signal

  bool ok() const { return !signalled && code == 0; }
  std::string ToString() const;  // "exit code 70", "signal 9 (Killed)"
};

class Subprocess {
 public:
  // NOT_FOUND naming the program when it is not there; another error (exit 74) when it cannot be executed.
  static absl::StatusOr<Subprocess> Start(const SubprocessOptions& options);
  ~Subprocess();
  Subprocess(Subprocess&&) noexcept;
  Subprocess& operator=(Subprocess&&) noexcept;

  pid_t pid() const;

  // Our ends of the pipes that were asked for, otherwise invalid.  Reset one to close it.  Writing to a child
  // that is gone raises SIGPIPE unless the program ignores it.
  UniqueFd& stdin_pipe() { return stdin_; }
  UniqueFd& stdout_pipe() { return stdout_; }
  UniqueFd& stderr_pipe() { return stderr_; }

  // Sends `signal` to the whole group; does nothing once the child has been reaped.
  void Kill(int signal);
  // How it ended, or nothing if it is still running after `timeout` (zero: look once).  What is left of its
  // group is killed then.  Asked again, the same answer.
  std::optional<ProcessExit> Wait(absl::Duration timeout);

 private:
  struct Child;
  Subprocess();
  void KillAndReap();

  std::unique_ptr<Child> child_;
  UniqueFd stdin_, stdout_, stderr_;
};

}  // namespace rubato
