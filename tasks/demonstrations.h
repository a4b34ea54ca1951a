// Demonstrations to imitate: JSON lines {"prompt": ..., "response": ...}, the response with its end token
// written out.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct Demonstration {
  std::string prompt;
  std::string response;
};

// Prompts in the shapes of tasks/dataset.h; errors as there.
absl::StatusOr<std::vector<Demonstration>> LoadDemonstrations(const std::string& path);

}  // namespace rubato
