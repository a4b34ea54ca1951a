// The hub of one run: lock, ledger, state, thread and files, started and stopped as one value.
//
// Every conversation of proto/rollout.proto, proto/learner.proto and proto/run.proto is a call here, without
// gRPC. Thread-safe; a reply leaves when all it says is durable.  `hold` says how long a call that waits may
// be kept.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/metrics.h"
#include "credit/hub_call.h"
#include "credit/hub_inputs.h"
#include "credit/name_registry.h"
#include "proto/learner.pb.h"
#include "proto/rollout.pb.h"
#include "proto/run.pb.h"

namespace rubato {

struct HubOptions {
  std::string run_directory;
  bool resume = false;
  std::string owner;  // hub_run.h
  const Clock* clock = &RealClock();
  Metrics* metrics = nullptr;  // none: nothing is counted
  std::function<bool(int pid)> process_is_alive = ProcessIsAlive;
  // Once, from the hub's thread: the ledger failed, nothing is acknowledged any more, end the process.
  std::function<void(const absl::Status&)> on_end;
};

class Hub {
 public:
  template <typename Reply>
  using Done = std::function<void(absl::StatusOr<Reply>)>;

  // Begins the run of a directory, or goes on with it.  Errors as in ledger_lock.h, ledger.h and hub_run.h.
  static absl::StatusOr<std::unique_ptr<Hub>> Start(HubInputs inputs, const HubOptions& options);
  ~Hub();  // Stop
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void Hello(const HelloRequest& request, Done<HelloReply> done);

  void Lease(const LeaseRequest& request, HubHold hold, Done<LeaseReply> done);
  void Renew(const RenewRequest& request, Done<RenewReply> done);
  void Submit(const SubmitRequest& request, Done<SubmitReply> done);
  void Release(const ReleaseRequest& request, Done<ReleaseReply> done);

  void Join(const JoinRequest& request, HubHold hold, Done<JoinReply> done);
  void PublishRendezvous(const PublishRendezvousRequest& request, Done<PublishRendezvousReply> done);
  void GetRendezvous(const GetRendezvousRequest& request, HubHold hold, Done<GetRendezvousReply> done);
  void OfferWeights(const OfferWeightsRequest& request, Done<OfferWeightsReply> done);
  void GetBatch(const GetBatchRequest& request, HubHold hold, Done<GetBatchReply> done);
  void CommitStep(const CommitStepRequest& request, Done<CommitStepReply> done);
  void ReportCheckpoint(const ReportCheckpointRequest& request, Done<ReportCheckpointReply> done);

  void Status(Done<RunStatus> done);
  void Drain(const DrainRequest& request, Done<DrainReply> done);

  const Clock& clock() const;
  // Looks at the clock again: for tests that moved it.
  void Poke();
  // Calls that wait, and later ones, get UNAVAILABLE.  Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit Hub(std::unique_ptr<Parts> parts);
  template <typename Reply, typename Ask>
  void Call(Ask ask, Done<Reply> done, HubHold hold = {});

  std::unique_ptr<Parts> parts_;
};

}  // namespace rubato
