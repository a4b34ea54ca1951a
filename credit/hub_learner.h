// The hub's side of the conversation with the learner ranks (proto/learner.proto), without gRPC.
//
// Owned by the hub's thread.  Errors are those that the .proto lists.

#pragma once

#include "credit/hub_answer.h"
#include "credit/hub_state.h"
#include "proto/learner.pb.h"

namespace rubato {

class HubLearner {
 public:
  explicit HubLearner(HubState* state) : state_(*state) {}

  AnswerOr<JoinReply> Join(const JoinRequest& request);
  AnswerOr<PublishRendezvousReply> PublishRendezvous(const PublishRendezvousRequest& request);
  AnswerOr<GetRendezvousReply> GetRendezvous(const GetRendezvousRequest& request);
  AnswerOr<OfferWeightsReply> OfferWeights(const OfferWeightsRequest& request);
  AnswerOr<GetBatchReply> GetBatch(const GetBatchRequest& request);
  AnswerOr<CommitStepReply> CommitStep(const CommitStepRequest& request);
  AnswerOr<ReportCheckpointReply> ReportCheckpoint(const ReportCheckpointRequest& request);

 private:
  // The caller is of the present generation, and the run has not lost its thread.
  absl::Status Check(const Fencing& fencing) const;
  // What to do about a version that differs from the one recorded: DATA_LOSS, which stops a deterministic
  // run.
  absl::Status Diverged(uint64_t step, const std::string& recorded, const std::string& offered);

  AnswerOr<GetBatchReply> Waiting(uint64_t step, std::string what) const;
  AnswerOr<GetBatchReply> Ready(const GetBatchRequest& request);
  // False: a drain that waited for this step would wait for ever.
  bool CanComplete(uint64_t step) const;

  AnswerOr<CommitStepReply> CommitAgain(const CommitStepRequest& request, const StepRow& row);
  absl::Status CheckNextCommit(const CommitStepRequest& request) const;
  CommitStepReply Committed(uint64_t step) const;

  HubState& state_;
};

}  // namespace rubato
