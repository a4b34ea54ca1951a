// What bounds the rendering of one chat.  Plain data.

#pragma once

#include <cstddef>

namespace rubato {

struct ChatLimits {
  size_t max_steps = 10'000'000;        // expressions, statements and rounds of loops; long texts count more
  int max_depth = 100;                  // of macro calls in one another
  size_t max_bytes = size_t{16} << 20;  // of the result, and of each text on the way to it
};

}  // namespace rubato
