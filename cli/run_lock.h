// One `rubato up` per run directory: RUN/up.lock, locked for as long as the value lives and freed by the
// kernel when the process ends, however it ends.  The hub has a lock of its own.

#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace rubato {

class RunLock {
 public:
  // UNAVAILABLE (exit 69) naming the process that has it; otherwise what the system said of the file.
  static absl::StatusOr<RunLock> Take(const std::string& run_directory);

 private:
  explicit RunLock(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

}  // namespace rubato
