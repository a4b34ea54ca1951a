// Making a process.  Private to process.

#pragma once

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "common/process.h"
#include "common/unique_fd.h"

namespace rubato {

// What the child gets as 0, 1 and 2; all above 2.
struct ChildFiles {
  UniqueFd in, out, err;
};

// The program runs when this returns OK: leader of its own group, with default signals and no other
// descriptors.
absl::StatusOr<pid_t> StartProcess(const SubprocessOptions& options, const ChildFiles& files);

}  // namespace rubato
