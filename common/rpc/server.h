// The only place where gRPC servers are made.  Shows no gRPC: services are passed on as pointers.
//
// A server is a value: Start gives a running server or an error, the destructor stops it; port 0 takes a free
// port. SO_REUSEPORT is off, so a second server on a taken port is an error; messages above
// `max_receive_bytes` are refused; idle connections are probed.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class Service;
}

namespace rubato {

struct RpcServerOptions {
  size_t max_receive_bytes = size_t{64} << 20;
  // How long calls may take to end after Shutdown, before they are cancelled.
  absl::Duration shutdown_grace = absl::Seconds(1);
};

class RpcServer {
 public:
  // `services`, at least one, must outlive the server.  PERMISSION_DENIED off loopback (mutual TLS is not
  // configured); UNAVAILABLE naming address and reason when it cannot be listened on, for example because the
  // port is taken.
  static absl::StatusOr<RpcServer> Start(const std::string& address,
                                         const std::vector<grpc::Service*>& services,
                                         const RpcServerOptions& options = {});
  ~RpcServer();  // Shutdown
  RpcServer(RpcServer&&) noexcept;
  RpcServer& operator=(RpcServer&&) noexcept;

  // With the port it really has.
  const std::string& address() const;

  // Accepts nothing more, waits for calls in progress, cancels what is left after the grace.  Returns when no
  // call is left.  A service that holds calls should answer them first.
  void Shutdown();

 private:
  struct Running;
  explicit RpcServer(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace rubato
