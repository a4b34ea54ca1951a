// The only place where gRPC channels are made.  Shows no gRPC: a stub needs <grpcpp/channel.h> beside it, in
// the _client.cc.  Thread-safe; a channel connects by itself, again and again, 0.1 to 2 s apart.

#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}

namespace rubato {

struct RpcChannelOptions {
  size_t max_receive_bytes = size_t{64} << 20;
  // A connection that no other channel of the process shares: for weight streams, so that small calls do not
  // queue behind them.
  bool own_connection = false;
};

// Does not wait for the connection.  PERMISSION_DENIED off loopback (mutual TLS is not configured);
// INVALID_ARGUMENT when it is no address.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& address,
                                                           const RpcChannelOptions& options = {});

}  // namespace rubato
