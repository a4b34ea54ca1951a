#pragma once

#include <cstdint>
#include <span>

namespace rubato {

// One sequence to be scored: ids[first..], each given all that stands before it.  Borrows the ids.
struct ScoreRequest {
  std::span<const int32_t> ids;
  int64_t first = 1;  // 1 to ids.size()
};

}  // namespace rubato
