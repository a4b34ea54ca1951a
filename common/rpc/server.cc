#include "common/rpc/server.h"

#include <errno.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <utility>

#include "common/address.h"
#include "common/concat.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/settings.h"
#include "common/status.h"
#include "common/why_not_listening.h"

namespace rubato {
namespace {

void Configure(const RpcServerOptions& options, grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->SetMaxReceiveMessageSize(static_cast<int>(std::min<size_t>(options.max_receive_bytes, INT_MAX)));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kKeepaliveMilliseconds / 2);
}

}  // namespace

struct RpcServer::Running {
  std::string address;
  absl::Duration grace;
  std::unique_ptr<grpc::Server> server;
};

RpcServer::RpcServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}
RpcServer::RpcServer(RpcServer&&) noexcept = default;
RpcServer& RpcServer::operator=(RpcServer&& other) noexcept {
  if (this != &other) {
    Shutdown();
    running_ = std::move(other.running_);
  }
  return *this;
}
RpcServer::~RpcServer() { Shutdown(); }

absl::StatusOr<RpcServer> RpcServer::Start(const std::string& address,
                                           const std::vector<grpc::Service*>& services,
                                           const RpcServerOptions& options) {
  ASSIGN_OR_RETURN(Address parsed, ParseLoopbackAddress(address));
  QuietGrpcLog();
  grpc::ServerBuilder builder;
  Configure(options, &builder);
  int port = 0;
  builder.AddListeningPort(parsed.ToString(), grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return WhyNotListening(parsed);
  parsed.port = static_cast<uint16_t>(port);
  return RpcServer(
      std::make_unique<Running>(Running{parsed.ToString(), options.shutdown_grace, std::move(server)}));
}

const std::string& RpcServer::address() const { return running_->address; }

void RpcServer::Shutdown() {
  if (running_ == nullptr || running_->server == nullptr) return;
  running_->server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(running_->grace));
  running_->server.reset();
}

}  // namespace rubato
