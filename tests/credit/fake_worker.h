// A worker that makes up its samples: leases, submits what MakeSample gives, says hello again when it has to.

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "credit/hub_inputs.h"
#include "tests/credit/hub_conversation.h"

namespace rubato {

class FakeWorker {
 public:
  FakeWorker(HubConversation* hub, const HubInputs* inputs, std::string name, int pid);

  // One round: leases up to `capacity` samples, makes them all and submits each until its outcome is final.
  // FAILED_PRECONDITION: a sample was refused, or the hub gave work that cannot be done.
  absl::Status Work(uint32_t capacity);

  // Parts of a round.
  absl::Status Hello();  // and renews what it holds, twice
  absl::Status Renew();
  absl::StatusOr<LeaseReply> Lease(uint32_t capacity);
  absl::StatusOr<SubmitOutcome> Submit(const Sample& sample);
  // The version that a work of this reply is to be sampled by: the newest it allows that has a source.
  static absl::StatusOr<WeightVersion> VersionFor(const LeaseReply& reply, const rubato::Work& work);

  // Died and was started anew: it has another instance and pid, and forgot its leases.
  void BeBornAgain(int pid);

  bool drained() const { return drained_; }
  // Names of samples that the hub said it accepted.
  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  const Fencing& fencing() const { return fencing_; }
  const std::string& instance() const { return instance_; }

 private:
  HubConversation& hub_;
  const HubInputs& inputs_;
  const std::string name_;
  int pid_;
  std::string instance_;
  int births_ = 0;
  Fencing fencing_;
  bool drained_ = false;
  std::set<uint64_t> held_;
  std::set<std::string> acknowledged_;
};

}  // namespace rubato
