#include "common/why_not_listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "common/concat.h"
#include "common/unique_fd.h"

namespace rubato {
namespace {

// The errno of listening on `address`; 0 if it works now.
int TryToListen(const Address& address) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  socklen_t size = sizeof(*v4);
  if (::inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
  } else if (::inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    size = sizeof(*v6);
  } else {
    return EADDRNOTAVAIL;
  }
  UniqueFd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!fd.valid() || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) return errno;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0) return errno;
  return ::listen(fd.get(), 1) == 0 ? 0 : errno;
}

}  // namespace

absl::Status WhyNotListening(const Address& address) {
  const int error = TryToListen(address);
  if (error == EADDRINUSE) {
    return absl::UnavailableError(
        Concat("cannot listen on ", address.ToString(), ": port ", address.port,
               " is in use by another process; choose another, or 0 for any free one"));
  }
  char buffer[128];
  const char* reason = error == 0 ? "it was refused" : ::strerror_r(error, buffer, sizeof(buffer));
  return absl::UnavailableError(Concat("cannot listen on ", address.ToString(), ": ", reason));
}

}  // namespace rubato
