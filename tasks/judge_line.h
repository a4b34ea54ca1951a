// The whole of what rubato-verify does, between reading a line and writing one. A pure function; any thread.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

// The reply to one request, without newline; a request that cannot be judged gets a reply with `error`.
// INVALID_ARGUMENT: the line is no request; whoever wrote it is broken.
absl::StatusOr<std::string> JudgeLine(std::string_view line);

}  // namespace rubato
