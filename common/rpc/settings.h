// Numbers that both ends of a connection must agree on.

#pragma once

namespace rubato {

// An idle or silent peer is asked whether it is there.  Servers allow pings as often as half of that.
inline constexpr int kKeepaliveMilliseconds = 20000;
inline constexpr int kKeepaliveTimeoutMilliseconds = 10000;

}  // namespace rubato
