// The calls that a worker, a learner rank and an observer make, whatever carries them to the hub.

#pragma once

#include "absl/status/statusor.h"
#include "proto/learner.pb.h"
#include "proto/rollout.pb.h"
#include "proto/run.pb.h"

namespace rubato {

class HubConversation {
 public:
  virtual ~HubConversation() = default;

  virtual absl::StatusOr<HelloReply> Hello(const HelloRequest& request) = 0;

  virtual absl::StatusOr<LeaseReply> Lease(const LeaseRequest& request) = 0;
  virtual absl::StatusOr<RenewReply> Renew(const RenewRequest& request) = 0;
  virtual absl::StatusOr<SubmitReply> Submit(const SubmitRequest& request) = 0;
  virtual absl::StatusOr<ReleaseReply> Release(const ReleaseRequest& request) = 0;

  virtual absl::StatusOr<JoinReply> Join(const JoinRequest& request) = 0;
  virtual absl::StatusOr<PublishRendezvousReply> PublishRendezvous(
      const PublishRendezvousRequest& request) = 0;
  virtual absl::StatusOr<GetRendezvousReply> GetRendezvous(const GetRendezvousRequest& request) = 0;
  virtual absl::StatusOr<OfferWeightsReply> OfferWeights(const OfferWeightsRequest& request) = 0;
  virtual absl::StatusOr<GetBatchReply> GetBatch(const GetBatchRequest& request) = 0;
  virtual absl::StatusOr<CommitStepReply> CommitStep(const CommitStepRequest& request) = 0;
  virtual absl::StatusOr<ReportCheckpointReply> ReportCheckpoint(const ReportCheckpointRequest& request) = 0;

  virtual absl::StatusOr<RunStatus> Status() = 0;
  virtual absl::StatusOr<DrainReply> Drain(const DrainRequest& request) = 0;
};

}  // namespace rubato
