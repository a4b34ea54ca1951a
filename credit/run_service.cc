#include "credit/run_service.h"

#include <grpcpp/server_context.h>

#include "common/rpc/unary_call.h"
#include "proto/run.grpc.pb.h"

namespace rubato {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class RunService final : public RunControl::CallbackService {
 public:
  explicit RunService(Hub* hub) : hub_(*hub) {}

  Reactor* Status(Context*, const StatusRequest*, RunStatus* reply) override {
    auto* call = new UnaryCall;
    hub_.Status(call->Into(reply));
    return call;
  }
  Reactor* Drain(Context*, const DrainRequest* request, DrainReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Drain(*request, call->Into(reply));
    return call;
  }

 private:
  Hub& hub_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeRunService(Hub* hub) { return std::make_shared<RunService>(hub); }

}  // namespace rubato
