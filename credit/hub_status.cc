#include "credit/hub_status.h"

#include <algorithm>

#include "common/concat.h"
#include "common/exit_code.h"
#include "proto/ledger.pb.h"

namespace rubato {
namespace {

void AddRecent(const HubState& state, RunStatus* status) {
  const uint64_t next = state.steps.next_uncommitted();
  for (uint64_t step = next - std::min(next, kRecentSteps); step < next; ++step) {
    const std::optional<StepRow> row = state.steps.Find(step);
    if (!row) continue;
    StepRecord record;
    CommitRecord commit;
    record.ParseFromString(row->summary);
    commit.ParseFromString(row->commit_record);
    StepSummary* summary = status->add_recent();
    summary->set_step(step);
    summary->set_reward_mean(record.reward_mean());
    summary->set_samples(record.samples());
    summary->set_tokens(record.tokens());
    summary->set_staleness_mean(record.staleness_mean());
    summary->set_seconds(commit.seconds());
  }
}

void AddRoles(const HubState& state, RunStatus* status) {
  const absl::Time now = state.clock.Now();
  for (const auto& [key, holder] : state.names.roles()) {
    RoleStatus* role = status->add_roles();
    role->set_role(holder.role);
    role->set_name(holder.name);
    role->set_seconds_since_seen(absl::ToDoubleSeconds(now - holder.last_seen));
    *role->mutable_serving() = holder.serving;
    role->set_metrics_address(holder.metrics_address);
  }
}

double TokensPerSecond(const HubState& state) {
  uint64_t tokens = 0;
  for (const auto& [when, count] : state.recent_tokens) {
    if (state.clock.Now() - when <= HubState::kRateWindow) tokens += count;
  }
  return static_cast<double>(tokens) / absl::ToDoubleSeconds(HubState::kRateWindow);
}

}  // namespace

std::string WhoWaits(const HubState& state) {
  const uint64_t next = state.steps.next_uncommitted();
  if (!state.failure.ok() || state.finished()) return "";
  if (!state.roster.whole()) return Concat("the hub waits for learner ", state.roster.Missing());
  if (state.versions.current() == nullptr) return "the hub waits for the learner to offer the first weights";
  if (const EvaluationRow* evaluation = state.evaluations.open()) {
    return Concat("the learner waits for ", state.evaluations.rows_left(),
                  " rows of the evaluation of version ", evaluation->step);
  }
  if (state.steps.Find(next)) return Concat("workers wait for the learner to train step ", next);
  return Concat("the learner waits for ", state.inputs.plan.groups_per_step - state.steps.GroupsDone(next),
                " groups of step ", next);
}

SampleCounts MakeSampleCounts(const HubCounts& counts) {
  SampleCounts message;
  message.set_issued(counts.issued());
  message.set_trained(counts.trained());
  message.set_pending(counts.pending());
  message.set_dropped(counts.dropped());
  for (const auto& [reason, samples] : counts.dropped_by_reason()) {
    (*message.mutable_dropped_by_reason())[reason] = samples;
  }
  return message;
}

RunStatus MakeStatus(const HubState& state) {
  RunStatus status;
  status.set_run_id(state.identity.run_id);
  status.set_run_name(state.inputs.config.run().name());
  *status.mutable_fencing() = state.MakeFencing(state.roster.generation());
  status.set_next_step(state.steps.next_uncommitted());
  status.set_steps(state.inputs.plan.steps);
  if (const VersionRow* current = state.versions.current()) *status.mutable_current() = ToMessage(*current);
  AddRecent(state, &status);
  for (const EvaluationRow& row : state.evaluations.finished()) {
    EvalResult* result = status.add_evals();
    result->set_step(row.step);
    result->set_mean_reward(row.mean_reward);
    result->set_samples(row.verified);
  }
  *status.mutable_samples() = MakeSampleCounts(state.counts);
  AddRoles(state, &status);
  status.set_tokens_per_second(TokensPerSecond(state));
  status.set_waiting_for(WhoWaits(state));
  status.set_draining(state.draining);
  status.set_finished(state.finished());
  if (!state.failure.ok()) {
    status.set_failure(std::string(state.failure.message()));
    status.set_failure_exit_code(ToInt(ExitCodeFor(state.failure)));
  }
  return status;
}

}  // namespace rubato
