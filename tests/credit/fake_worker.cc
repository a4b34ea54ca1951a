#include "tests/credit/fake_worker.h"

#include "common/concat.h"
#include "common/protocol_version.h"
#include "common/status.h"
#include "tests/credit/hub_inputs_for_tests.h"
#include "tests/credit/say_again.h"

namespace rubato {

FakeWorker::FakeWorker(HubConversation* hub, const HubInputs* inputs, std::string name, int pid)
    : hub_(*hub), inputs_(*inputs), name_(std::move(name)), pid_(pid), instance_(Concat(name_, ".0")) {}

void FakeWorker::BeBornAgain(int pid) {
  pid_ = pid;
  instance_ = Concat(name_, ".", ++births_);
  fencing_.Clear();
  held_.clear();
}

absl::Status FakeWorker::Hello() {
  HelloRequest request;
  request.set_protocol_version(kProtocolVersion);
  request.set_role(ROLLOUT);
  request.set_name(name_);
  request.set_instance(instance_);
  request.set_pid(pid_);
  request.set_model_config_digest(inputs_.model_config_digest);
  request.set_tokenizer_digest(inputs_.tokenizer_digest);
  ASSIGN_OR_RETURN(const HelloReply reply, hub_.Hello(request));
  fencing_ = reply.fencing();
  RETURN_IF_ERROR(Renew());
  return Renew();
}

absl::Status FakeWorker::Renew() {
  RenewRequest request;
  *request.mutable_fencing() = fencing_;
  request.set_worker(name_);
  request.set_instance(instance_);
  for (const uint64_t lease : held_) request.add_lease_ids(lease);
  return hub_.Renew(request).status();
}

absl::StatusOr<LeaseReply> FakeWorker::Lease(uint32_t capacity) {
  ASSIGN_OR_RETURN(LeaseReply reply, SayAgain<LeaseReply>([&] { return Hello(); },
                                                          [&] {
                                                            LeaseRequest request;
                                                            *request.mutable_fencing() = fencing_;
                                                            request.set_worker(name_);
                                                            request.set_instance(instance_);
                                                            request.set_max_samples(capacity);
                                                            return hub_.Lease(request);
                                                          }));
  for (const rubato::Work& work : reply.work()) held_.insert(work.lease_id());
  return reply;
}

absl::StatusOr<SubmitOutcome> FakeWorker::Submit(const Sample& sample) {
  ASSIGN_OR_RETURN(const SubmitReply reply, SayAgain<SubmitReply>([&] { return Hello(); },
                                                                  [&] {
                                                                    SubmitRequest request;
                                                                    *request.mutable_fencing() = fencing_;
                                                                    *request.add_samples() = sample;
                                                                    return hub_.Submit(request);
                                                                  }));
  if (reply.outcomes_size() != 1) return absl::InternalError("one sample, not one outcome");
  const SubmitOutcome& outcome = reply.outcomes(0);
  if (outcome.outcome() == SubmitOutcome::ACCEPTED || outcome.outcome() == SubmitOutcome::DUPLICATE) {
    acknowledged_.insert(NameOfWork(sample.key(), sample.version_spans(0).version().step()));
  }
  return outcome;
}

absl::StatusOr<WeightVersion> FakeWorker::VersionFor(const LeaseReply& reply, const rubato::Work& work) {
  const WeightVersion* newest = nullptr;
  for (const VersionSource& source : reply.sources()) {
    const WeightVersion& version = source.version();
    const bool allowed = version.lineage() == work.versions().lineage() &&
                         version.step() >= work.versions().oldest_step() &&
                         version.step() <= work.versions().newest_step() && source.addresses_size() > 0;
    if (allowed && (newest == nullptr || newest->step() < version.step())) newest = &version;
  }
  if (newest == nullptr) return absl::FailedPreconditionError("work without a source for its weights");
  return *newest;
}

absl::Status FakeWorker::Work(uint32_t capacity) {
  ASSIGN_OR_RETURN(const LeaseReply reply, Lease(capacity));
  drained_ = reply.draining();
  for (const rubato::Work& work : reply.work()) {
    ASSIGN_OR_RETURN(const WeightVersion version, VersionFor(reply, work));
    for (int index = 0; index < work.keys_size(); ++index) {
      ASSIGN_OR_RETURN(const SubmitOutcome outcome, Submit(MakeSample(inputs_, work, index, version)));
      if (outcome.outcome() == SubmitOutcome::REFUSED) return absl::FailedPreconditionError(outcome.detail());
    }
    held_.erase(work.lease_id());
  }
  return absl::OkStatus();
}

}  // namespace rubato
