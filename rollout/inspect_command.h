// `rubato inspect`: what a model directory is, what it needs, and all that is wrong with it.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct InspectOptions {
  std::string directory;
  int64_t context = 0;  // tokens of a sequence, for the memory; 0: as many as the model was made for
  bool json = false;    // one object for programs instead of lines for people
};

extern const char kInspectHelp[];

// UsageError (common/arguments.h) naming what is wrong.
absl::StatusOr<InspectOptions> ParseInspectArguments(const std::vector<std::string>& arguments);

// Says what there is to say, however broken the directory is.  INVALID_ARGUMENT (65) with every problem of
// it, one a line; NOT_FOUND (65): no directory.
absl::Status RunInspect(const InspectOptions& options, std::ostream& out);

}  // namespace rubato
