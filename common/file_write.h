// Writing all of something to a descriptor.  Free function, callable from any thread.

#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace rubato {

// Goes on after short writes and interruptions; `path` is for the error.
absl::Status WriteAll(int fd, std::string_view path, std::string_view bytes);

}  // namespace rubato
