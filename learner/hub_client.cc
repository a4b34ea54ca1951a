#include "learner/hub_client.h"

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/protocol_version.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/retry.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "common/unique_name.h"
#include "proto/learner.grpc.pb.h"
#include "proto/run.grpc.pb.h"

namespace rubato {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(20);
constexpr absl::Duration kStatusTimeout = absl::Seconds(5);
// How often a rank that waits for the others says so, and asks whether there is anything left to wait for.
constexpr absl::Duration kSayEvery = absl::Seconds(10);
constexpr size_t kMostBatchBytes = size_t{1} << 30;
// A hub that answers UNAUTHENTICATED after this many hellos in a row is not restarting but broken.
constexpr int kMostHellos = 5;

class HubClientImpl final : public HubClient {
 public:
  HubClientImpl(const HubClientOptions& options, const std::shared_ptr<grpc::Channel>& channel)
      : options_(options),
        name_(absl::StrCat("rank-", options.rank)),
        instance_(UniqueName()),
        stub_(LearnerHub::NewStub(channel)),
        control_(RunControl::NewStub(channel)) {}

  absl::StatusOr<HelloReply> Hello() override {
    HelloRequest request;
    request.set_protocol_version(kProtocolVersion);
    request.set_role(LEARNER);
    request.set_name(name_);
    request.set_instance(instance_);
    request.set_model_config_digest(options_.model_config_digest);
    request.set_tokenizer_digest(options_.tokenizer_digest);
    request.set_metrics_address(options_.metrics_address);
    request.set_config_digest(config_digest_);
    request.set_pid(getpid());
    HelloReply reply;
    RETURN_IF_ERROR(Retry("Hello", kCallTimeout, [&](grpc::ClientContext* context) {
      return stub_->Hello(context, request, &reply);
    }));
    // The generation is Join's; a hub that came back still knows it.
    const uint64_t generation = fencing_.learner_generation();
    fencing_ = reply.fencing();
    fencing_.set_learner_generation(generation);
    config_digest_ = reply.config_digest();
    return reply;
  }

  absl::StatusOr<JoinReply> Join() override {
    JoinRequest request;
    request.set_rank(options_.rank);
    request.set_world(options_.world);
    request.set_instance(instance_);
    request.set_poll_milliseconds(PollMilliseconds());
    const absl::Time began = RealClock().Now();
    for (absl::Time said = began;;) {
      ASSIGN_OR_RETURN(JoinReply reply, Call<JoinReply>("Join", &request, options_.poll + kCallTimeout,
                                                        &LearnerHub::Stub::Join));
      if (reply.fencing().learner_generation() != 0) {
        fencing_.set_learner_generation(reply.fencing().learner_generation());
        return reply;
      }
      const absl::Time now = RealClock().Now();
      if (now - said < kSayEvery) continue;
      said = now;
      LogInfo("waiting_for_roster",
              {{"seconds", absl::ToDoubleSeconds(now - began)}, {"world", options_.world}});
      ASSIGN_OR_RETURN(const bool over, RunIsOver());
      // The other ranks have left for good: nobody will complete the roster.
      if (over) return absl::CancelledError("the run is over; the other ranks have left");
    }
  }

  absl::Status PublishRendezvous(const std::string& address) override {
    PublishRendezvousRequest request;
    request.set_address(address);
    return Call<PublishRendezvousReply>("PublishRendezvous", &request, kCallTimeout,
                                        &LearnerHub::Stub::PublishRendezvous)
        .status();
  }

  absl::StatusOr<std::string> GetRendezvous(absl::Duration timeout) override {
    GetRendezvousRequest request;
    request.set_rank(options_.rank);
    request.set_poll_milliseconds(PollMilliseconds());
    const absl::Time deadline = RealClock().Now() + timeout;
    while (RealClock().Now() < deadline) {
      ASSIGN_OR_RETURN(GetRendezvousReply reply,
                       Call<GetRendezvousReply>("GetRendezvous", &request, options_.poll + kCallTimeout,
                                                &LearnerHub::Stub::GetRendezvous));
      if (!reply.address().empty()) return std::move(*reply.mutable_address());
    }
    return absl::UnavailableError(absl::StrCat("rank 0 has not published its rendezvous for ",
                                               absl::FormatDuration(timeout), "; it may have died"));
  }

  absl::Status OfferWeights(const WeightManifest& manifest, const std::string& address) override {
    OfferWeightsRequest request;
    *request.mutable_manifest() = manifest;
    request.add_addresses(address);
    return Call<OfferWeightsReply>("OfferWeights", &request, kCallTimeout, &LearnerHub::Stub::OfferWeights)
        .status();
  }

  absl::StatusOr<GetBatchReply> GetBatch(uint64_t step) override {
    GetBatchRequest request;
    request.set_step(step);
    request.set_rank(options_.rank);
    request.set_world(options_.world);
    request.set_poll_milliseconds(PollMilliseconds());
    return Call<GetBatchReply>("GetBatch", &request, options_.poll + kCallTimeout,
                               &LearnerHub::Stub::GetBatch);
  }

  absl::StatusOr<CommitStepReply> CommitStep(CommitStepRequest request) override {
    return Call<CommitStepReply>("CommitStep", &request, kCallTimeout, &LearnerHub::Stub::CommitStep);
  }

  absl::StatusOr<ReportCheckpointReply> ReportCheckpoint(const CheckpointRef& checkpoint) override {
    ReportCheckpointRequest request;
    *request.mutable_checkpoint() = checkpoint;
    return Call<ReportCheckpointReply>("ReportCheckpoint", &request, kCallTimeout,
                                       &LearnerHub::Stub::ReportCheckpoint);
  }

  absl::StatusOr<bool> RunIsOver() override {
    RunStatus status;
    RETURN_IF_ERROR(Retry("Status", kStatusTimeout, [&](grpc::ClientContext* context) {
      return control_->Status(context, StatusRequest(), &status);
    }));
    return status.finished() || status.draining();
  }

 private:
  uint32_t PollMilliseconds() const {
    return static_cast<uint32_t>(absl::ToInt64Milliseconds(options_.poll));
  }

  template <typename Attempt>
  absl::Status Retry(const char* call, absl::Duration per_try, const Attempt& attempt) {
    RetryPolicy policy;
    policy.total = options_.give_up_after;
    policy.per_try = per_try;
    return CallWithRetry(policy, {"learner " + name_, options_.hub_address, call}, {},
                         [&](absl::Duration timeout) -> absl::Status {
                           CallContext context(timeout);
                           return FromGrpc(attempt(context.get()));
                         });
  }

  // One call with the fencing of this moment; says hello again as often as the hub asks for it.
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Call(const char* name, Request* request, absl::Duration per_try,
                             grpc::Status (LearnerHub::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Reply*)) {
    for (int hellos = 0;; ++hellos) {
      *request->mutable_fencing() = fencing_;
      Reply reply;
      const absl::Status status = Retry(name, per_try, [&](grpc::ClientContext* context) {
        return (stub_.get()->*method)(context, *request, &reply);
      });
      if (status.ok()) return reply;
      if (status.code() != absl::StatusCode::kUnauthenticated || hellos == kMostHellos) return status;
      RETURN_IF_ERROR(Hello().status());
    }
  }

  const HubClientOptions options_;
  const std::string name_;
  const std::string instance_;
  std::unique_ptr<LearnerHub::Stub> stub_;
  std::unique_ptr<RunControl::Stub> control_;
  Fencing fencing_;
  std::string config_digest_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HubClient>> HubClient::Create(const HubClientOptions& options) {
  RpcChannelOptions channel;
  channel.max_receive_bytes = kMostBatchBytes;
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> made, MakeChannel(options.hub_address, channel));
  return std::make_unique<HubClientImpl>(options, made);
}

}  // namespace rubato
