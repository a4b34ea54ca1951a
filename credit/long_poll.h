// How long a call may be kept waiting.  Pure.

#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace rubato {

// The server's own bound, whatever a client asks for: under every client's deadline and every keepalive.
inline constexpr absl::Duration kLongestPoll = absl::Seconds(20);

inline absl::Time PollUntil(absl::Time now, uint32_t poll_milliseconds) {
  return now + std::min(absl::Milliseconds(poll_milliseconds), kLongestPoll);
}

}  // namespace rubato
