#include <fcntl.h>
#include <signal.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "learner/failpoint.h"

namespace rubato {
namespace {

struct Failpoint {
  std::string name;
  uint64_t step = 0;
  std::string marker;
};

Failpoint& TheFailpoint() {
  static Failpoint failpoint;
  return failpoint;
}

}  // namespace

absl::Status SetFailpoint(const std::string& spec, const std::string& marker_directory) {
  if (spec.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(spec, '@');
  Failpoint& failpoint = TheFailpoint();
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &failpoint.step)) {
    return absl::InvalidArgumentError(absl::StrCat("--failpoint is \"", spec, "\"; it must be NAME@STEP"));
  }
  failpoint.name = parts[0];
  failpoint.marker = absl::StrCat(marker_directory, "/failpoint.", spec);
  return absl::OkStatus();
}

void ReachFailpoint(std::string_view name, uint64_t step) {
  const Failpoint& failpoint = TheFailpoint();
  if (name != failpoint.name || step != failpoint.step) return;
  const int marker = open(failpoint.marker.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (marker >= 0) raise(SIGKILL);
  // Otherwise it was reached before.
}

}  // namespace rubato
