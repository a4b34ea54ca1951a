#include "tests/credit/hub_over_grpc_client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "proto/learner.grpc.pb.h"
#include "proto/rollout.grpc.pb.h"
#include "proto/run.grpc.pb.h"

namespace rubato {
namespace {

class HubOverGrpc : public HubConversation {
 public:
  HubOverGrpc(const std::string& address, absl::Duration poll, std::function<std::string()> on_away)
      : poll_milliseconds_(static_cast<uint32_t>(absl::ToInt64Milliseconds(poll))),
        on_away_(std::move(on_away)) {
    Connect(address);
  }

  absl::StatusOr<HelloReply> Hello(const HelloRequest& request) override {
    return request.role() == LEARNER ? Call<HelloReply>(*learner_, &LearnerHub::Stub::Hello, request)
                                     : Call<HelloReply>(*rollout_, &RolloutHub::Stub::Hello, request);
  }
  absl::StatusOr<LeaseReply> Lease(const LeaseRequest& request) override {
    return Call<LeaseReply>(*rollout_, &RolloutHub::Stub::Lease, Held(request));
  }
  absl::StatusOr<RenewReply> Renew(const RenewRequest& request) override {
    return Call<RenewReply>(*rollout_, &RolloutHub::Stub::Renew, request);
  }
  absl::StatusOr<SubmitReply> Submit(const SubmitRequest& request) override {
    return Call<SubmitReply>(*rollout_, &RolloutHub::Stub::Submit, request);
  }
  absl::StatusOr<ReleaseReply> Release(const ReleaseRequest& request) override {
    return Call<ReleaseReply>(*rollout_, &RolloutHub::Stub::Release, request);
  }
  absl::StatusOr<JoinReply> Join(const JoinRequest& request) override {
    return Call<JoinReply>(*learner_, &LearnerHub::Stub::Join, Held(request));
  }
  absl::StatusOr<PublishRendezvousReply> PublishRendezvous(const PublishRendezvousRequest& request) override {
    return Call<PublishRendezvousReply>(*learner_, &LearnerHub::Stub::PublishRendezvous, request);
  }
  absl::StatusOr<GetRendezvousReply> GetRendezvous(const GetRendezvousRequest& request) override {
    return Call<GetRendezvousReply>(*learner_, &LearnerHub::Stub::GetRendezvous, Held(request));
  }
  absl::StatusOr<OfferWeightsReply> OfferWeights(const OfferWeightsRequest& request) override {
    return Call<OfferWeightsReply>(*learner_, &LearnerHub::Stub::OfferWeights, request);
  }
  absl::StatusOr<GetBatchReply> GetBatch(const GetBatchRequest& request) override {
    return Call<GetBatchReply>(*learner_, &LearnerHub::Stub::GetBatch, Held(request));
  }
  absl::StatusOr<CommitStepReply> CommitStep(const CommitStepRequest& request) override {
    return Call<CommitStepReply>(*learner_, &LearnerHub::Stub::CommitStep, request);
  }
  absl::StatusOr<ReportCheckpointReply> ReportCheckpoint(const ReportCheckpointRequest& request) override {
    return Call<ReportCheckpointReply>(*learner_, &LearnerHub::Stub::ReportCheckpoint, request);
  }
  absl::StatusOr<RunStatus> Status() override {
    return Call<RunStatus>(*run_, &RunControl::Stub::Status, StatusRequest());
  }
  absl::StatusOr<DrainReply> Drain(const DrainRequest& request) override {
    return Call<DrainReply>(*run_, &RunControl::Stub::Drain, request);
  }

 private:
  template <typename Request>
  Request Held(Request request) const {
    request.set_poll_milliseconds(poll_milliseconds_);
    return request;
  }

  template <typename Reply, typename Stub, typename Method, typename Request>
  absl::StatusOr<Reply> Call(Stub& stub, Method method, const Request& request) {
    grpc::ClientContext context;
    Reply reply;
    const absl::Status status = FromGrpc((stub.*method)(&context, request, &reply));
    if (absl::IsUnavailable(status) && on_away_) Connect(on_away_());
    if (!status.ok()) return status;
    return reply;
  }

  void Connect(const std::string& address) {
    const std::shared_ptr<grpc::Channel> channel = *MakeChannel(address);
    rollout_ = RolloutHub::NewStub(channel);
    learner_ = LearnerHub::NewStub(channel);
    run_ = RunControl::NewStub(channel);
  }

  const uint32_t poll_milliseconds_;
  const std::function<std::string()> on_away_;
  std::unique_ptr<RolloutHub::Stub> rollout_;
  std::unique_ptr<LearnerHub::Stub> learner_;
  std::unique_ptr<RunControl::Stub> run_;
};

}  // namespace

std::unique_ptr<HubConversation> ConnectToHub(const std::string& address, absl::Duration poll,
                                              std::function<std::string()> on_away) {
  return std::make_unique<HubOverGrpc>(address, poll, std::move(on_away));
}

}  // namespace rubato
