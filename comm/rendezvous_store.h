// The meeting point of one group of ranks, opened by its rank 0 and open as long as the object lives.
//
// A TCP store of c10d that listens on the given host only (c10d itself would listen on every interface).
// Threading: serves from a thread of its own.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rubato {

class RendezvousStore {
 public:
  // Listens on a free port of `host`, a numeric IPv4 address.  `timeout` is that of the store's operations.
  // UNAVAILABLE, naming host and reason.
  static absl::StatusOr<std::unique_ptr<RendezvousStore>> Open(const std::string& host,
                                                               absl::Duration timeout);
  ~RendezvousStore();

  // "host:port", for Communicator::Connect.
  const std::string& address() const { return address_; }

 private:
  struct Store;
  RendezvousStore(std::unique_ptr<Store> store, std::string address);

  std::unique_ptr<Store> store_;
  std::string address_;
};

}  // namespace rubato
