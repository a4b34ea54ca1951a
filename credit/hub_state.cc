#include "credit/hub_state.h"

#include <utility>

#include "common/concat.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/status.h"
#include "credit/group_completion.h"
#include "credit/metrics_lines.h"

namespace rubato {

HubState::HubState(const HubInputs* inputs, const HubIdentity& identity, Ledger* ledger, const Clock* clock,
                   std::function<bool(int pid)> process_is_alive)
    : inputs(*inputs),
      identity(identity),
      ledger(*ledger),
      clock(*clock),
      history(ledger, clock),
      counts(*ledger),
      names(std::move(process_is_alive)),
      versions(ledger, &history),
      work(&inputs->plan, ledger, &history, &counts),
      evaluations(&inputs->eval_plan, ledger, &history, &work),
      steps(inputs, clock, ledger, &history, &counts, &versions),
      roster(inputs->config.learner().ranks(), ledger, &history),
      pass_order(inputs->config.run().seed(), inputs->plan.rows, inputs->config.data().shuffle()) {}

absl::StatusOr<std::unique_ptr<HubState>> HubState::Open(const HubInputs* inputs, const HubIdentity& identity,
                                                         Ledger* ledger, const Clock* clock,
                                                         std::function<bool(int pid)> process_is_alive) {
  std::unique_ptr<HubState> state(new HubState(inputs, identity, ledger, clock, std::move(process_is_alive)));
  RETURN_IF_ERROR(state->TakeUp());
  RETURN_IF_ERROR(ledger->status());
  return state;
}

absl::Status HubState::TakeUp() {
  history.Add("hub",
              Json::Object{{"run_epoch", identity.run_epoch}, {"incarnation", identity.hub_incarnation}});
  const RunPlan& plan = inputs.plan;
  const uint64_t first = plan.FirstGroup(steps.next_uncommitted());
  next_group = first;
  if (const std::optional<uint64_t> last = ledger.LastGroup()) next_group = std::max(first, *last + 1);
  for (uint64_t group = first; group < next_group; ++group) {
    if (!ledger.FindUnit(UnitKey::Group(group))) work.Add(UnitKey::Group(group), plan.group_size);
  }
  work.RestoreLeases(clock.Now() + absl::Seconds(inputs.config.rollout().lease_seconds()));
  if (identity.new_epoch) {
    work.EndEverything("epoch_over");
    roster.EndGeneration();
  }
  // A step that stopped the run for want of coverage is judged again.
  for (uint64_t step = steps.next_uncommitted(); plan.FirstGroup(step) < next_group; ++step) {
    RETURN_IF_ERROR(FixIfDone(step));
  }
  return absl::OkStatus();
}

Fencing HubState::MakeFencing(uint64_t learner_generation) const {
  Fencing fencing;
  fencing.set_run_epoch(identity.run_epoch);
  fencing.set_hub_incarnation(identity.hub_incarnation);
  fencing.set_learner_generation(learner_generation);
  return fencing;
}

absl::Status HubState::CheckFencing(const Fencing& fencing) const {
  if (fencing.run_epoch() != 0 && fencing.run_epoch() != identity.run_epoch) {
    return absl::AbortedError(Concat("run epoch ", fencing.run_epoch(), " is over, the present one is ",
                                     identity.run_epoch, "; start anew"));
  }
  if (fencing.hub_incarnation() != identity.hub_incarnation) {
    return absl::UnauthenticatedError(Concat("this is incarnation ", identity.hub_incarnation,
                                             " of the hub, not ", fencing.hub_incarnation(), "; say hello"));
  }
  return absl::OkStatus();
}

std::vector<std::string> HubState::SourcesOf(uint64_t step) const {
  if (!roster.whole()) return {};
  return versions.SourcesOf(step, roster.generation());
}

const HubPrompt& HubState::PromptOf(const UnitKey& unit) {
  if (!unit.training()) return inputs.eval[unit.ordinal];
  const GroupId id = inputs.plan.IdOf(unit.ordinal);
  return inputs.train[pass_order.RowAt(id.pass(), id.position())];
}

bool HubState::finished() const {
  return steps.next_uncommitted() == inputs.plan.steps && evaluations.open() == nullptr;
}

void HubState::Fail(const absl::Status& reason) {
  if (!failure.ok()) return;
  failure = reason;
  history.Add("run_failed", Json::Object{{"reason", std::string(reason.message())}});
  LogError("run_failed", {{"reason", reason.message()}, {"exit_code", ToInt(ExitCodeFor(reason))}});
  Changed();
}

void HubState::Drain(const std::string& reason) {
  if (draining) return;
  draining = true;
  history.Add("drain", Json::Object{{"reason", reason}});
  LogInfo("drain", {{"reason", reason}});
  Changed();
}

absl::Status HubState::UnitDone(const UnitKey& unit) {
  Changed();
  if (!unit.training()) {
    if (const std::optional<EvaluationRow> result = evaluations.RowDone(unit)) {
      metrics_lines_.push_back(RenderEvalLine(*result));
      LogInfo("evaluated",
              {{"step", result->step}, {"mean", result->mean_reward}, {"samples", result->verified}});
    }
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CompleteGroup(inputs, unit.ordinal, &ledger, &history, &counts));
  work.Remove(unit);
  if (!steps.GroupDone(unit.ordinal)) return absl::OkStatus();
  return FixIfDone(inputs.plan.StepOf(unit.ordinal));
}

absl::Status HubState::FixIfDone(uint64_t step) {
  if (steps.GroupsDone(step) < inputs.plan.groups_per_step || steps.Find(step)) return absl::OkStatus();
  const absl::Status fixed = steps.Fix(step);
  if (fixed.code() != absl::StatusCode::kFailedPrecondition) return fixed;
  Fail(fixed);
  return absl::OkStatus();
}

void HubState::BeginWith(const VersionRow& version) {
  versions.Begin(version);
  evaluations.BeginIfDue(version);
  Changed();
}

void HubState::CommitStep(const std::string& weight_digest, uint64_t generation, const std::string& report) {
  const StepRow row = steps.Commit(weight_digest, generation, report);
  versions.Commit(row.step + 1, weight_digest, generation);
  metrics_lines_.push_back(RenderStepLine(row));
  for (const EvaluationRow& evaluation : evaluations.finished()) {
    // Evaluated before the lineage was opened that commits this step again.
    if (evaluation.step == row.step + 1) metrics_lines_.push_back(RenderEvalLine(evaluation));
  }
  LogInfo("committed", {{"step", row.step}, {"lineage", row.lineage}, {"generation", generation}});
  evaluations.BeginIfDue(*versions.current());
  Changed();
}

void HubState::OpenLineage(uint64_t step) {
  const uint32_t old = versions.lineage();
  work.EndEverything("rolled_back");
  evaluations.Discard();
  versions.OpenLineage(step);
  steps.ReopenFrom(step, old);
  for (CheckpointRow row : ledger.Checkpoints()) {
    if (row.retired || row.step <= step) continue;
    row.retired = true;
    ledger.Put(row);
  }
  history.Add("lineage", Json::Object{{"lineage", versions.lineage()}, {"from", old}, {"step", step}});
  LogWarn("lineage_opened", {{"lineage", versions.lineage()}, {"step", step}});
  rewrite_metrics_ = true;
  Changed();
}

void HubState::Sealed(uint64_t tokens) {
  ++sealed_samples;
  sealed_tokens += tokens;
  const absl::Time now = clock.Now();
  recent_tokens.emplace_back(now, tokens);
  while (now - recent_tokens.front().first > kRateWindow) recent_tokens.pop_front();
}

void HubState::Expire() {
  const int expired = work.Expire(clock.Now());
  if (expired == 0) return;
  LogInfo("leases_expired", {{"leases", expired}});
  Changed();
}

HubState::Output HubState::TakeOutput() {
  return {history.TakeNew(), std::exchange(metrics_lines_, {}), std::exchange(rewrite_metrics_, false)};
}

std::vector<std::string> HubState::AllMetricsLines() const {
  std::vector<std::string> lines;
  auto evaluation = evaluations.finished().begin();
  const auto evaluated_before = [&](uint64_t step) {
    for (; evaluation != evaluations.finished().end() && evaluation->step <= step; ++evaluation) {
      lines.push_back(RenderEvalLine(*evaluation));
    }
  };
  for (uint64_t step = 0; step < steps.next_uncommitted(); ++step) {
    evaluated_before(step);
    if (const std::optional<StepRow> row = steps.Find(step)) lines.push_back(RenderStepLine(*row));
  }
  evaluated_before(steps.next_uncommitted());
  return lines;
}

}  // namespace rubato
