#include "cli/run_client.h"

#include <grpcpp/channel.h>

#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "proto/run.grpc.pb.h"

namespace rubato {

struct RunClient::Stub {
  std::unique_ptr<RunControl::Stub> rpc;
};

RunClient::RunClient(std::unique_ptr<Stub> stub) : stub_(std::move(stub)) {}
RunClient::~RunClient() = default;
RunClient::RunClient(RunClient&&) noexcept = default;
RunClient& RunClient::operator=(RunClient&&) noexcept = default;

absl::StatusOr<RunClient> RunClient::Connect(const std::string& address) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, MakeChannel(address));
  auto stub = std::make_unique<Stub>();
  stub->rpc = RunControl::NewStub(channel);
  return RunClient(std::move(stub));
}

absl::StatusOr<RunStatus> RunClient::Status(absl::Duration timeout) {
  CallContext context(timeout);
  RunStatus status;
  RETURN_IF_ERROR(FromGrpc(stub_->rpc->Status(context.get(), StatusRequest(), &status)));
  return status;
}

absl::Status RunClient::Drain(const std::string& reason, absl::Duration timeout) {
  CallContext context(timeout);
  DrainRequest request;
  request.set_reason(reason);
  DrainReply reply;
  return FromGrpc(stub_->rpc->Drain(context.get(), request, &reply));
}

}  // namespace rubato
