#include "tests/learner/fake_hub_service.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "proto/learner.grpc.pb.h"
#include "proto/run.grpc.pb.h"

namespace rubato {

class FakeHub::Service final : public LearnerHub::Service {
 public:
  explicit Service(FakeHub* hub) : script_(hub->script), record_(hub->record) {}

  grpc::Status Hello(grpc::ServerContext* /*context*/, const HelloRequest* /*request*/,
                     HelloReply* reply) override {
    reply->mutable_fencing()->set_run_epoch(1);
    reply->mutable_fencing()->set_hub_incarnation(1);
    *reply->mutable_config() = script_.config;
    return grpc::Status::OK;
  }

  grpc::Status Join(grpc::ServerContext* /*context*/, const JoinRequest* request, JoinReply* reply) override {
    std::unique_lock lock(mutex_);
    const uint64_t before = record_.generation;
    joined_.insert(request->rank());
    if (static_cast<int>(joined_.size()) == script_.world) {
      joined_.clear();
      rendezvous_.clear();
      ++record_.generation;
      full_.notify_all();
    } else {
      const auto poll = std::chrono::milliseconds(request->poll_milliseconds());
      full_.wait_for(lock, poll, [&] { return record_.generation > before; });
    }
    if (record_.generation == before) return grpc::Status::OK;
    reply->mutable_fencing()->set_learner_generation(record_.generation);
    for (const CheckpointRef& ref : record_.checkpoints) *reply->add_checkpoints() = ref;
    reply->set_next_uncommitted_step(record_.digests.size());
    return grpc::Status::OK;
  }

  grpc::Status PublishRendezvous(grpc::ServerContext* /*context*/, const PublishRendezvousRequest* request,
                                 PublishRendezvousReply* /*reply*/) override {
    std::lock_guard lock(mutex_);
    rendezvous_ = request->address();
    published_.notify_all();
    return grpc::Status::OK;
  }

  grpc::Status GetRendezvous(grpc::ServerContext* /*context*/, const GetRendezvousRequest* request,
                             GetRendezvousReply* reply) override {
    std::unique_lock lock(mutex_);
    published_.wait_for(lock, std::chrono::milliseconds(request->poll_milliseconds()),
                        [&] { return !rendezvous_.empty(); });
    reply->set_address(rendezvous_);
    return grpc::Status::OK;
  }

  grpc::Status OfferWeights(grpc::ServerContext* /*context*/, const OfferWeightsRequest* request,
                            OfferWeightsReply* /*reply*/) override {
    std::lock_guard lock(mutex_);
    record_.offers.push_back(request->manifest());
    return grpc::Status::OK;
  }

  grpc::Status GetBatch(grpc::ServerContext* /*context*/, const GetBatchRequest* request,
                        GetBatchReply* reply) override {
    const uint64_t step = request->step();
    reply->set_step(step);
    if (step >= script_.abort_at) return ToGrpc(absl::AbortedError("another generation was formed"));
    reply->set_state(step >= script_.drain_at         ? GetBatchReply::DRAINING
                     : step >= script_.batches.size() ? GetBatchReply::FINISHED
                                                      : GetBatchReply::READY);
    if (reply->state() != GetBatchReply::READY) return grpc::Status::OK;
    const std::vector<BatchSample>& samples = script_.batches[step];
    for (size_t i = 0; i < samples.size(); ++i) {
      reply->mutable_normalizers()->set_samples(samples.size());
      reply->mutable_normalizers()->set_tokens(reply->normalizers().tokens() +
                                               samples[i].token_weights().size() / 8);
      if (i % request->world() == request->rank()) *reply->add_samples() = samples[i];
    }
    reply->set_lineage(step > script_.lineage_opened_at ? 1 : 0);
    reply->set_batch_digest("digest of step " + std::to_string(step));
    return grpc::Status::OK;
  }

  grpc::Status CommitStep(grpc::ServerContext* /*context*/, const CommitStepRequest* request,
                          CommitStepReply* reply) override {
    std::lock_guard lock(mutex_);
    reply->set_lineage(request->step() >= script_.lineage_opened_at ? 1 : 0);
    record_.commits.push_back(*request);
    const auto [it, is_new] = record_.digests.emplace(request->step(), request->version().digest());
    if (!is_new && it->second != request->version().digest()) {
      return ToGrpc(absl::DataLossError("another digest than recorded"));
    }
    return grpc::Status::OK;
  }

  grpc::Status ReportCheckpoint(grpc::ServerContext* /*context*/, const ReportCheckpointRequest* request,
                                ReportCheckpointReply* /*reply*/) override {
    std::lock_guard lock(mutex_);
    record_.checkpoints.insert(record_.checkpoints.begin(), request->checkpoint());
    return grpc::Status::OK;
  }

  class Control final : public RunControl::Service {
    grpc::Status Status(grpc::ServerContext* /*context*/, const StatusRequest* /*request*/,
                        RunStatus* reply) override {
      reply->set_finished(true);
      return grpc::Status::OK;
    }
  };

 private:
  const Script& script_;
  Record& record_;
  std::mutex mutex_;
  std::condition_variable full_, published_;
  std::set<uint32_t> joined_;
  std::string rendezvous_;

 public:
  Control control;
  std::unique_ptr<RpcServer> server;  // ends before all of the above
};

FakeHub::FakeHub() : service_(std::make_unique<Service>(this)) {}
FakeHub::~FakeHub() = default;

bool FakeHub::Start() {
  auto server = RpcServer::Start("127.0.0.1:0", {service_.get(), &service_->control});
  if (!server.ok()) return false;
  service_->server = std::make_unique<RpcServer>(*std::move(server));
  return true;
}

std::string FakeHub::address() const { return service_->server->address(); }

}  // namespace rubato
