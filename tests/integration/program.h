// One program from start to end, for tests of what it says.

#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace rubato {

struct Ended {
  int code = -1;       // exit code, 128 + signal, or -1: it did not end in time and was killed
  std::string output;  // of both streams
};

// argv[0] is a path.  Blocks; a program that cannot be started has code -1 and the reason as output.
Ended RunProgram(const std::vector<std::string>& argv, absl::Duration timeout);

}  // namespace rubato
