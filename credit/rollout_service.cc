#include "credit/rollout_service.h"

#include <grpcpp/server_context.h>

#include "common/rpc/unary_call.h"
#include "credit/long_poll.h"
#include "proto/rollout.grpc.pb.h"

namespace rubato {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class RolloutService final : public RolloutHub::CallbackService {
 public:
  explicit RolloutService(Hub* hub) : hub_(*hub) {}

  Reactor* Hello(Context*, const HelloRequest* request, HelloReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Hello(*request, call->Into(reply));
    return call;
  }
  Reactor* Lease(Context* context, const LeaseRequest* request, LeaseReply* reply) override {
    auto* call = new UnaryCall;
    HubHold hold;
    hold.until = PollUntil(hub_.clock().Now(), request->poll_milliseconds());
    hold.gone = [context] { return context->IsCancelled(); };
    hub_.Lease(*request, std::move(hold), call->Into(reply));
    return call;
  }
  Reactor* Renew(Context*, const RenewRequest* request, RenewReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Renew(*request, call->Into(reply));
    return call;
  }
  Reactor* Submit(Context*, const SubmitRequest* request, SubmitReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Submit(*request, call->Into(reply));
    return call;
  }
  Reactor* Release(Context*, const ReleaseRequest* request, ReleaseReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Release(*request, call->Into(reply));
    return call;
  }

 private:
  Hub& hub_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeRolloutService(Hub* hub) { return std::make_shared<RolloutService>(hub); }

}  // namespace rubato
