// What a process says it speaks, at hello.  Processes of different protocol versions refuse each other.

#pragma once

#include <cstdint>

namespace rubato {

// Grows whenever two builds on either side of a change could not work together.
inline constexpr uint32_t kProtocolVersion = 1;

// For people: shown in messages and metrics, compared by nobody.
inline constexpr char kBuildVersion[] = "0.1.0";

}  // namespace rubato
