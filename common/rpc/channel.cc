#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <climits>

#include "common/address.h"
#include "common/concat.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/settings.h"
#include "common/status.h"

namespace rubato {
namespace {

grpc::ChannelArguments MakeArguments(const RpcChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // In spite of its name: how long one try to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(std::min<size_t>(options.max_receive_bytes, INT_MAX)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  if (options.own_connection) arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& address,
                                                           const RpcChannelOptions& options) {
  ASSIGN_OR_RETURN(const Address parsed, ParseLoopbackAddress(address));
  if (parsed.port == 0) {
    return absl::InvalidArgumentError(Concat("cannot connect to ", address, ": port 0 is no port"));
  }
  QuietGrpcLog();
  const bool is_ipv6 = parsed.host.find(':') != std::string::npos;
  return grpc::CreateCustomChannel(Concat(is_ipv6 ? "ipv6:" : "ipv4:", parsed.ToString()),
                                   grpc::InsecureChannelCredentials(), MakeArguments(options));
}

}  // namespace rubato
