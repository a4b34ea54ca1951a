#include "common/problems.h"

#include <algorithm>

#include "absl/strings/str_join.h"

namespace rubato {

void Problems::Add(std::string problem) {
  if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end()) {
    problems_.push_back(std::move(problem));
  }
}

absl::Status Problems::ToStatus(ExitCode exit_code) const {
  if (empty()) return absl::OkStatus();
  return WithExitCode(absl::InvalidArgumentError(absl::StrJoin(problems_, "\n")), exit_code);
}

}  // namespace rubato
