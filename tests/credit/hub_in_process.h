// A hub in this process, on a run directory of the test's own, that can be stopped and started again at any
// call.

#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/fake_clock.h"
#include "common/json.h"
#include "credit/hub.h"
#include "tests/credit/hub_conversation.h"

namespace rubato {

// Where a crash strikes a call.
enum class Crash {
  kNone,
  kBefore,  // the call never arrives
  kAfter,   // it is done and durable, but its reply is lost
};

class HubInProcess : public HubConversation {
 public:
  explicit HubInProcess(HubInputs inputs, const std::string& run_directory = "");
  ~HubInProcess() override;

  // A new life of the hub on the same directory.  `owner`: another one begins a new run epoch.
  absl::Status Start(const std::string& owner = "test");
  void Stop() { hub_.reset(); }
  void Restart();
  Hub& hub() { return *hub_; }

  // Asked before each call, with its number from 0: a crash restarts the hub and gives UNAVAILABLE.
  std::function<Crash(uint64_t call)> crash;
  uint64_t calls() const { return calls_; }

  // Processes that the hub takes for alive.
  std::set<int> alive;
  FakeClock clock{absl::FromUnixSeconds(1000)};
  const HubInputs inputs;
  const std::string run_directory;

  std::vector<Json> History() const;
  std::string Metrics() const;
  // Advances the clock and lets the hub see it.
  void Advance(absl::Duration by);

  absl::StatusOr<HelloReply> Hello(const HelloRequest& request) override;
  absl::StatusOr<LeaseReply> Lease(const LeaseRequest& request) override;
  absl::StatusOr<RenewReply> Renew(const RenewRequest& request) override;
  absl::StatusOr<SubmitReply> Submit(const SubmitRequest& request) override;
  absl::StatusOr<ReleaseReply> Release(const ReleaseRequest& request) override;
  absl::StatusOr<JoinReply> Join(const JoinRequest& request) override;
  absl::StatusOr<PublishRendezvousReply> PublishRendezvous(const PublishRendezvousRequest& request) override;
  absl::StatusOr<GetRendezvousReply> GetRendezvous(const GetRendezvousRequest& request) override;
  absl::StatusOr<OfferWeightsReply> OfferWeights(const OfferWeightsRequest& request) override;
  absl::StatusOr<GetBatchReply> GetBatch(const GetBatchRequest& request) override;
  absl::StatusOr<CommitStepReply> CommitStep(const CommitStepRequest& request) override;
  absl::StatusOr<ReportCheckpointReply> ReportCheckpoint(const ReportCheckpointRequest& request) override;
  absl::StatusOr<RunStatus> Status() override;
  absl::StatusOr<DrainReply> Drain(const DrainRequest& request) override;

 private:
  template <typename Reply, typename Ask>
  absl::StatusOr<Reply> Call(Ask ask);

  std::unique_ptr<Hub> hub_;
  uint64_t calls_ = 0;
};

}  // namespace rubato
