#include "common/address.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

// "127.x.y.z", digits and dots only: a name such as 127.example.org is not loopback.
bool IsIpv4Loopback(const std::string& host) {
  return absl::StartsWith(host, "127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

bool Address::IsLoopback() const { return host == "localhost" || host == "::1" || IsIpv4Loopback(host); }

std::string Address::ToString() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? Concat("[", host, "]:", port) : Concat(host, ":", port);
}

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        Concat("\"", text, "\" is no address; write HOST:PORT, for example 127.0.0.1:0 for any free port"));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]/ ") != std::string_view::npos) {
    return wrong();
  }
  const std::string port_text(text.substr(colon + 1));
  uint32_t port = 0;
  const bool is_number = !port_text.empty() && port_text.find_first_not_of("0123456789") == std::string::npos;
  if (host.empty() || !is_number || !absl::SimpleAtoi(port_text, &port) || port > 65535) return wrong();
  return Address{std::string(host), static_cast<uint16_t>(port)};
}

absl::StatusOr<Address> ParseLoopbackAddress(std::string_view text) {
  ASSIGN_OR_RETURN(Address address, ParseAddress(text));
  if (!address.IsLoopback()) {
    return absl::PermissionDeniedError(Concat(
        text,
        " is not a loopback address: processes on different machines must use mutual TLS, which is not "
        "configured; use 127.0.0.1"));
  }
  if (address.host == "localhost") address.host = "127.0.0.1";
  return address;
}

}  // namespace rubato
