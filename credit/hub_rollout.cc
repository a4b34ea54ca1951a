#include "credit/hub_rollout.h"

#include <algorithm>

#include "common/status.h"
#include "credit/hub_submit.h"

namespace rubato {

LeaseSnapshot HubRollout::Snapshot() const {
  LeaseSnapshot snapshot;
  snapshot.stopped = state_.stopped();
  if (const VersionRow* current = state_.versions.current()) snapshot.current_version = current->step;
  snapshot.oldest_version = state_.versions.first_version();
  snapshot.next_uncommitted_step = state_.steps.next_uncommitted();
  snapshot.steps = state_.inputs.plan.steps;
  snapshot.max_staleness = state_.inputs.plan.max_staleness;
  return snapshot;
}

std::optional<StepInterval> HubRollout::VersionsFor(const UnitKey& unit,
                                                    const LeaseSnapshot& snapshot) const {
  if (!unit.training()) return VersionsForEvaluation(snapshot, static_cast<uint64_t>(unit.evaluation));
  return VersionsForGroup(snapshot, state_.inputs.plan.StepOf(unit.ordinal));
}

// It serves such a version already, or can fetch one.
bool HubRollout::CanReach(const NamedRole& worker, const StepInterval& versions) const {
  if (state_.versions.CheckServable(worker.serving).ok() && versions.Contains(worker.serving.step()))
    return true;
  for (uint64_t step = versions.oldest; step <= versions.newest; ++step) {
    if (!state_.SourcesOf(step).empty()) return true;
  }
  return false;
}

// Samples of groups that may be leased now and were not taken up yet.
uint64_t HubRollout::UnopenedSamples(const LeaseSnapshot& snapshot) const {
  const RunPlan& plan = state_.inputs.plan;
  const uint64_t newest_step = std::min(plan.steps, snapshot.next_uncommitted_step + plan.max_staleness + 1);
  const uint64_t end = plan.FirstGroup(newest_step);
  return end <= state_.next_group ? 0 : (end - state_.next_group) * plan.group_size;
}

std::optional<HubRollout::Offer> HubRollout::NextOffer(const NamedRole& worker,
                                                       const LeaseSnapshot& snapshot) {
  const auto offer = [&](const UnitKey& unit) -> std::optional<Offer> {
    const std::optional<StepInterval> versions = VersionsFor(unit, snapshot);
    if (!versions || !CanReach(worker, *versions)) return std::nullopt;
    return Offer{unit, *versions};
  };
  for (const UnitKey& unit : state_.work.ready()) {
    if (const std::optional<Offer> found = offer(unit)) return found;
  }
  if (state_.next_group >= state_.inputs.plan.GroupCount()) return std::nullopt;
  const UnitKey next = UnitKey::Group(state_.next_group);
  const std::optional<Offer> found = offer(next);
  if (found) {
    state_.work.Add(next, state_.inputs.plan.group_size);
    ++state_.next_group;
  }
  return found;
}

void HubRollout::AddSources(const StepInterval& versions, LeaseReply* reply) const {
  for (uint64_t step = versions.oldest; step <= versions.newest; ++step) {
    const std::vector<std::string> addresses = state_.SourcesOf(step);
    const bool known =
        std::any_of(reply->sources().begin(), reply->sources().end(),
                    [&](const VersionSource& source) { return source.version().step() == step; });
    if (addresses.empty() || known) continue;
    VersionSource* source = reply->add_sources();
    *source->mutable_version() = ToMessage(*state_.versions.Find(step));
    for (const std::string& address : addresses) source->add_addresses(address);
  }
}

void HubRollout::AddWork(const Offer& offer, uint64_t most, const NamedRole& worker, LeaseReply* reply) {
  const HubInputs& inputs = state_.inputs;
  const absl::Duration lease_time = absl::Seconds(inputs.config.rollout().lease_seconds());
  const uint32_t lineage = state_.versions.lineage();
  const WorkLease& lease = state_.work.Grant(offer.unit, most, {worker.name, worker.instance}, lineage,
                                             offer.versions, state_.clock.Now() + lease_time);
  Work* work = reply->add_work();
  work->set_lease_id(lease.row.id);
  work->set_attempt(lease.row.attempt);
  for (const uint32_t index : lease.indices) {
    WorkKey* key = work->add_keys();
    if (offer.unit.training()) {
      *key->mutable_sample()->mutable_group() = inputs.plan.IdOf(offer.unit.ordinal);
      key->mutable_sample()->set_index(index);
    } else {
      key->mutable_eval()->set_row(offer.unit.ordinal);
      key->mutable_eval()->set_index(index);
    }
  }
  const HubPrompt& prompt = state_.PromptOf(offer.unit);
  work->set_prompt_ids(prompt.ids);
  work->set_row_json(prompt.row_json);
  work->mutable_sampling()->set_temperature(inputs.intake.temperature);
  work->mutable_sampling()->set_max_new_tokens(inputs.intake.max_new_tokens);
  *work->mutable_capture() = inputs.capture;
  work->mutable_versions()->set_lineage(lineage);
  work->mutable_versions()->set_oldest_step(offer.versions.oldest);
  work->mutable_versions()->set_newest_step(offer.versions.newest);
  work->set_expires_in_milliseconds(static_cast<uint32_t>(absl::ToInt64Milliseconds(lease_time)));
  AddSources(offer.versions, reply);
}

AnswerOr<LeaseReply> HubRollout::Lease(const LeaseRequest& request, uint64_t askers) {
  RETURN_IF_ERROR(state_.CheckFencing(request.fencing()));
  ASSIGN_OR_RETURN(NamedRole* const worker,
                   state_.names.Heard(ROLLOUT, request.worker(), request.instance(), state_.clock.Now()));
  Answer<LeaseReply> answer;
  *answer.reply.mutable_fencing() = state_.MakeFencing();
  answer.reply.set_draining(state_.stopped());
  if (state_.stopped()) return answer;

  const LeaseSnapshot snapshot = Snapshot();
  uint64_t budget = ShareOfWork(state_.work.free_samples() + UnopenedSamples(snapshot), request.max_samples(),
                                askers, state_.inputs.plan.group_size);
  while (budget > 0) {
    const std::optional<Offer> offer = NextOffer(*worker, snapshot);
    if (!offer) break;
    AddWork(*offer, budget, *worker, &answer.reply);
    budget -= static_cast<uint64_t>(answer.reply.work(answer.reply.work_size() - 1).keys_size());
  }
  answer.hold = answer.reply.work().empty();
  return answer;
}

AnswerOr<RenewReply> HubRollout::Renew(const RenewRequest& request) {
  RETURN_IF_ERROR(state_.CheckFencing(request.fencing()));
  ASSIGN_OR_RETURN(NamedRole* const worker,
                   state_.names.Heard(ROLLOUT, request.worker(), request.instance(), state_.clock.Now()));
  if (worker->serving.SerializeAsString() != request.serving().SerializeAsString()) {
    worker->serving = request.serving();
    state_.Changed();
  }
  worker->generated_tokens = request.generated_tokens();
  Answer<RenewReply> answer;
  *answer.reply.mutable_fencing() = state_.MakeFencing();
  const absl::Time expires =
      state_.clock.Now() + absl::Seconds(state_.inputs.config.rollout().lease_seconds());
  const LeaseHolder holder{worker->name, worker->instance};
  for (const uint64_t lease : request.lease_ids()) {
    if (!state_.work.Renew(lease, holder, expires)) answer.reply.add_lost_lease_ids(lease);
  }
  const std::set<uint64_t> named(request.lease_ids().begin(), request.lease_ids().end());
  if (state_.work.EndUnheardOf(holder, named) > 0) state_.Changed();
  return answer;
}

AnswerOr<SubmitReply> HubRollout::Submit(const SubmitRequest& request) {
  RETURN_IF_ERROR(state_.CheckFencing(request.fencing()));
  Answer<SubmitReply> answer;
  *answer.reply.mutable_fencing() = state_.MakeFencing();
  for (const Sample& sample : request.samples()) {
    absl::StatusOr<SubmitOutcome> outcome = SubmitSample(sample, &state_);
    if (!outcome.ok()) {
      state_.fatal = outcome.status();
      return outcome.status();
    }
    *answer.reply.add_outcomes() = *std::move(outcome);
  }
  return answer;
}

AnswerOr<ReleaseReply> HubRollout::Release(const ReleaseRequest& request) {
  RETURN_IF_ERROR(state_.CheckFencing(request.fencing()));
  ASSIGN_OR_RETURN(NamedRole* const worker,
                   state_.names.Heard(ROLLOUT, request.worker(), request.instance(), state_.clock.Now()));
  for (const uint64_t lease : request.lease_ids()) {
    if (state_.work.Release(lease, {worker->name, worker->instance})) state_.Changed();
  }
  return Answer<ReleaseReply>();
}

}  // namespace rubato
