// The exclusive hold of one hub on a run directory: flock on RUN/hub.lock, which the kernel lets go when the
// process ends, however it ends.

#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace rubato {

class LedgerLock {
 public:
  // Creates RUN and the file if they are missing.  UNAVAILABLE naming the other process when it is held.
  static absl::StatusOr<LedgerLock> Acquire(const std::string& run_directory);

 private:
  explicit LedgerLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace rubato
