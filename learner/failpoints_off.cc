#include "learner/failpoint.h"

namespace rubato {

absl::Status SetFailpoint(const std::string& spec, const std::string& /*marker_directory*/) {
  if (spec.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--failpoint: this program has no failpoints");
}

void ReachFailpoint(std::string_view /*name*/, uint64_t /*step*/) {}

}  // namespace rubato
