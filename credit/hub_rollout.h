// The hub's side of the conversation with rollout workers (proto/rollout.proto), without gRPC.
//
// Owned by the hub's thread.  Errors are those that the .proto lists.

#pragma once

#include <cstdint>

#include "credit/hub_answer.h"
#include "credit/hub_state.h"
#include "proto/rollout.pb.h"

namespace rubato {

class HubRollout {
 public:
  explicit HubRollout(HubState* state) : state_(*state) {}

  // `askers`: how many Lease calls wait at present, this one included.
  AnswerOr<LeaseReply> Lease(const LeaseRequest& request, uint64_t askers);
  AnswerOr<RenewReply> Renew(const RenewRequest& request);
  AnswerOr<SubmitReply> Submit(const SubmitRequest& request);
  AnswerOr<ReleaseReply> Release(const ReleaseRequest& request);

 private:
  LeaseSnapshot Snapshot() const;
  std::optional<StepInterval> VersionsFor(const UnitKey& unit, const LeaseSnapshot& snapshot) const;
  bool CanReach(const NamedRole& worker, const StepInterval& versions) const;
  uint64_t UnopenedSamples(const LeaseSnapshot& snapshot) const;
  // The next unit to lease to this worker; nothing: there is none now.
  struct Offer {
    UnitKey unit;
    StepInterval versions;
  };
  std::optional<Offer> NextOffer(const NamedRole& worker, const LeaseSnapshot& snapshot);
  void AddWork(const Offer& offer, uint64_t most, const NamedRole& worker, LeaseReply* reply);
  void AddSources(const StepInterval& versions, LeaseReply* reply) const;

  HubState& state_;
};

}  // namespace rubato
