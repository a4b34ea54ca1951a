#include "rollout/rollout_client.h"

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <stop_token>
#include <utility>

#include "common/protocol_version.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/retry.h"
#include "common/rpc/status.h"
#include "common/unique_name.h"
#include "proto/rollout.grpc.pb.h"

namespace rubato {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(20);
constexpr absl::Duration kReleaseTimeout = absl::Seconds(2);
// A hub that answers UNAUTHENTICATED after this many hellos in a row is not restarting but broken.
constexpr int kMostHellos = 5;

class RolloutClientImpl : public RolloutClient {
 public:
  RolloutClientImpl(const Options& options, std::shared_ptr<grpc::Channel> channel)
      : options_(options), instance_(UniqueName()), stub_(RolloutHub::NewStub(channel)) {}

  absl::StatusOr<HelloReply> Hello() override {
    HelloRequest request;
    request.set_protocol_version(kProtocolVersion);
    request.set_role(ROLLOUT);
    request.set_name(options_.name);
    request.set_instance(instance_);
    request.set_model_config_digest(options_.model_config_digest);
    request.set_tokenizer_digest(options_.tokenizer_digest);
    request.set_pid(getpid());
    request.set_metrics_address(options_.metrics_address);
    {
      std::lock_guard lock(mutex_);
      request.set_config_digest(config_digest_);
    }
    HelloReply reply;
    absl::Status status = Retry("Hello", kCallTimeout, [&](grpc::ClientContext* context) {
      return stub_->Hello(context, request, &reply);
    });
    if (!status.ok()) return status;
    std::lock_guard lock(mutex_);
    fencing_ = reply.fencing();
    config_digest_ = reply.config_digest();
    return reply;
  }

  absl::StatusOr<LeaseReply> Lease(uint32_t max_samples, absl::Duration poll) override {
    LeaseRequest request;
    request.set_worker(options_.name);
    request.set_instance(instance_);
    request.set_max_samples(max_samples);
    request.set_poll_milliseconds(static_cast<uint32_t>(absl::ToInt64Milliseconds(poll)));
    return Call<LeaseReply>("Lease", &request, poll + kCallTimeout, &RolloutHub::Stub::Lease);
  }

  absl::StatusOr<RenewReply> Renew(const std::vector<uint64_t>& lease_ids, const WeightVersion& serving,
                                   uint64_t generated_tokens) override {
    RenewRequest request;
    request.set_worker(options_.name);
    request.set_instance(instance_);
    request.mutable_lease_ids()->Add(lease_ids.begin(), lease_ids.end());
    *request.mutable_serving() = serving;
    request.set_generated_tokens(generated_tokens);
    return Call<RenewReply>("Renew", &request, kCallTimeout, &RolloutHub::Stub::Renew);
  }

  absl::StatusOr<SubmitReply> Submit(std::vector<Sample> samples) override {
    SubmitRequest request;
    for (Sample& sample : samples) *request.add_samples() = std::move(sample);
    return Call<SubmitReply>("Submit", &request, kCallTimeout, &RolloutHub::Stub::Submit);
  }

  absl::Status Release(const std::vector<uint64_t>& lease_ids) override {
    ReleaseRequest request;
    request.set_worker(options_.name);
    request.set_instance(instance_);
    request.mutable_lease_ids()->Add(lease_ids.begin(), lease_ids.end());
    *request.mutable_fencing() = fencing();
    ReleaseReply reply;
    CallContext context(kReleaseTimeout);
    return FromGrpc(stub_->Release(context.get(), request, &reply));
  }

  void Stop() override { stop_.request_stop(); }

 private:
  Fencing fencing() const {
    std::lock_guard lock(mutex_);
    return fencing_;
  }

  template <typename Attempt>
  absl::Status Retry(const char* call, absl::Duration per_try, Attempt attempt) {
    RetryPolicy policy;
    policy.total = options_.give_up_after;
    policy.per_try = per_try;
    return CallWithRetry(policy, {"rollout " + options_.name, options_.hub_address, call}, stop_.get_token(),
                         [&](absl::Duration timeout) -> absl::Status {
                           CallContext context(timeout, stop_.get_token());
                           return FromGrpc(attempt(context.get()));
                         });
  }

  // One call with the fencing of this moment; says hello again as often as the hub asks for it.
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Call(const char* name, Request* request, absl::Duration per_try,
                             grpc::Status (RolloutHub::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Reply*)) {
    for (int hellos = 0;; ++hellos) {
      *request->mutable_fencing() = fencing();
      Reply reply;
      absl::Status status = Retry(name, per_try, [&](grpc::ClientContext* context) {
        return (stub_.get()->*method)(context, *request, &reply);
      });
      if (status.ok()) return reply;
      if (status.code() != absl::StatusCode::kUnauthenticated || hellos == kMostHellos) return status;
      if (auto hello = Hello(); !hello.ok()) return hello.status();
    }
  }

  const Options options_;
  const std::string instance_;
  std::unique_ptr<RolloutHub::Stub> stub_;
  std::stop_source stop_;
  mutable std::mutex mutex_;  // guards what follows
  Fencing fencing_;
  std::string config_digest_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RolloutClient>> RolloutClient::Create(const Options& options) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(options.hub_address);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RolloutClientImpl>(options, *std::move(channel));
}

}  // namespace rubato
