#include "credit/learner_service.h"

#include <grpcpp/server_context.h>

#include "common/rpc/unary_call.h"
#include "credit/long_poll.h"
#include "proto/learner.grpc.pb.h"

namespace rubato {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class LearnerService final : public LearnerHub::CallbackService {
 public:
  explicit LearnerService(Hub* hub) : hub_(*hub) {}

  Reactor* Hello(Context*, const HelloRequest* request, HelloReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Hello(*request, call->Into(reply));
    return call;
  }
  Reactor* Join(Context* context, const JoinRequest* request, JoinReply* reply) override {
    auto* call = new UnaryCall;
    hub_.Join(*request, Hold(context, request->poll_milliseconds()), call->Into(reply));
    return call;
  }
  Reactor* PublishRendezvous(Context*, const PublishRendezvousRequest* request,
                             PublishRendezvousReply* reply) override {
    auto* call = new UnaryCall;
    hub_.PublishRendezvous(*request, call->Into(reply));
    return call;
  }
  Reactor* GetRendezvous(Context* context, const GetRendezvousRequest* request,
                         GetRendezvousReply* reply) override {
    auto* call = new UnaryCall;
    hub_.GetRendezvous(*request, Hold(context, request->poll_milliseconds()), call->Into(reply));
    return call;
  }
  Reactor* OfferWeights(Context*, const OfferWeightsRequest* request, OfferWeightsReply* reply) override {
    auto* call = new UnaryCall;
    hub_.OfferWeights(*request, call->Into(reply));
    return call;
  }
  Reactor* GetBatch(Context* context, const GetBatchRequest* request, GetBatchReply* reply) override {
    auto* call = new UnaryCall;
    hub_.GetBatch(*request, Hold(context, request->poll_milliseconds()), call->Into(reply));
    return call;
  }
  Reactor* CommitStep(Context*, const CommitStepRequest* request, CommitStepReply* reply) override {
    auto* call = new UnaryCall;
    hub_.CommitStep(*request, call->Into(reply));
    return call;
  }
  Reactor* ReportCheckpoint(Context*, const ReportCheckpointRequest* request,
                            ReportCheckpointReply* reply) override {
    auto* call = new UnaryCall;
    hub_.ReportCheckpoint(*request, call->Into(reply));
    return call;
  }

 private:
  HubHold Hold(Context* context, uint32_t poll_milliseconds) const {
    HubHold hold;
    hold.until = PollUntil(hub_.clock().Now(), poll_milliseconds);
    hold.gone = [context] { return context->IsCancelled(); };
    return hold;
  }

  Hub& hub_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeLearnerService(Hub* hub) { return std::make_shared<LearnerService>(hub); }

}  // namespace rubato
