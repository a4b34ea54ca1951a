// Addresses as they are written in flags and messages: "127.0.0.1:0", "localhost:7000", "[::1]:7000".

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

struct Address {
  std::string host;  // without brackets
  uint16_t port = 0;

  bool IsLoopback() const;  // 127.0.0.0/8, ::1 or localhost
  std::string ToString() const;
};

// INVALID_ARGUMENT naming the text when it is not HOST:PORT.
absl::StatusOr<Address> ParseAddress(std::string_view text);

// The address, with 127.0.0.1 for localhost, if processes may use it without mutual TLS, which means
// loopback.  Otherwise PERMISSION_DENIED: it says that mutual TLS is needed there and not configured.
absl::StatusOr<Address> ParseLoopbackAddress(std::string_view text);

}  // namespace rubato
