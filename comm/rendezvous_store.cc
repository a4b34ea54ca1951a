#include "comm/rendezvous_store.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/unique_fd.h"

namespace rubato {
namespace {

absl::Status OpenError(const std::string& host, std::string_view reason) {
  return absl::UnavailableError(
      absl::StrCat("cannot open a rendezvous store on ", host, ": ", std::string(reason)));
}

// A listening socket on a free port of `host`, and the port.
absl::StatusOr<std::pair<UniqueFd, uint16_t>> Listen(const std::string& host) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return OpenError(host, "not a numeric IPv4 address");
  }
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  socklen_t size = sizeof(address);
  if (socket.get() < 0 || bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0 ||
      getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return OpenError(host, std::strerror(errno));
  }
  return std::make_pair(std::move(socket), ntohs(address.sin_port));
}

}  // namespace

struct RendezvousStore::Store {
  c10::intrusive_ptr<c10d::TCPStore> store;
};

absl::StatusOr<std::unique_ptr<RendezvousStore>> RendezvousStore::Open(const std::string& host,
                                                                       absl::Duration timeout) {
  auto listener = Listen(host);
  if (!listener.ok()) return listener.status();
  auto& [socket, port] = *listener;

  c10d::TCPStoreOptions options;
  options.isServer = true;
  options.waitWorkers = false;
  options.port = port;
  options.masterListenFd = socket.release();  // closed by the store
  options.timeout = absl::ToChronoMilliseconds(timeout);
  try {
    auto store = std::make_unique<Store>();
    store->store = c10::make_intrusive<c10d::TCPStore>(host, options);
    return std::unique_ptr<RendezvousStore>(
        new RendezvousStore(std::move(store), absl::StrCat(host, ":", port)));
  } catch (const std::exception& error) {
    return OpenError(host, error.what());
  }
}

RendezvousStore::RendezvousStore(std::unique_ptr<Store> store, std::string address)
    : store_(std::move(store)), address_(std::move(address)) {}

RendezvousStore::~RendezvousStore() = default;

}  // namespace rubato
