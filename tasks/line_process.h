// A child process that answers lines with lines.
//
// Owned and used by one thread, which must live as long as the process does. The destructor kills the whole
// process group. The calling thread must have SIGPIPE blocked or ignored.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "tasks/line_buffer.h"

namespace rubato {

class LineProcess {
 public:
  struct Options {
    std::string program;          // path
    size_t line_bytes;            // longest line it may answer
    size_t memory_bytes;          // its address space
    bool limit_resources = true;  // false: neither memory nor files are limited
  };

  // NOT_FOUND, PERMISSION_DENIED: names the program. Others: it could not be started now.
  static absl::StatusOr<LineProcess> Start(const Options& options);

  // Hands over a line, without newline; it is written while Receive waits.
  void Send(std::string_view line);

  // The next line that it writes. After any error the process is of no use any more.
  // DEADLINE_EXCEEDED: none until `deadline`, of common/clock.h. CANCELLED: `stop_fd` became readable.
  // ABORTED: it ended, wrote too long a line, or took no more input; the message says which.
  absl::StatusOr<std::string> Receive(absl::Time deadline, int stop_fd);

 private:
  LineProcess(Subprocess process, size_t line_bytes)
      : process_(std::move(process)), line_bytes_(line_bytes) {}

  absl::Status AwaitPipes(absl::Time deadline, int stop_fd, bool* readable, bool* writable);
  absl::Status Write();
  absl::Status Read();
  absl::Status Ended();

  Subprocess process_;
  size_t line_bytes_;
  std::string unsent_;
  size_t sent_ = 0;  // of unsent_
  LineBuffer received_;
};

}  // namespace rubato
