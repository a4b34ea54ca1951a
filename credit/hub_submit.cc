#include "credit/hub_submit.h"

#include "common/concat.h"
#include "common/digest.h"
#include "common/status.h"
#include "credit/drop_reasons.h"
#include "credit/intake.h"

namespace rubato {
namespace {

SubmitOutcome Outcome(SubmitOutcome::Outcome outcome, std::string detail = "") {
  SubmitOutcome message;
  message.set_outcome(outcome);
  message.set_detail(std::move(detail));
  return message;
}

struct Place {
  UnitKey unit;
  uint32_t index = 0;
};

// Which sample a submission is of.  The version it was made by says which evaluation it belongs to.
absl::StatusOr<Place> PlaceOf(const Sample& sample, const HubState& state) {
  if (sample.key().has_sample()) {
    const SampleKey& key = sample.key().sample();
    ASSIGN_OR_RETURN(const uint64_t group, state.inputs.plan.NumberOf(key.group()));
    if (key.index() < state.inputs.plan.group_size) return Place{UnitKey::Group(group), key.index()};
    return absl::InvalidArgumentError(
        Concat("sample index ", key.index(), " in a group of ", state.inputs.plan.group_size));
  }
  if (!sample.key().has_eval()) return absl::InvalidArgumentError("the sample has no key");
  if (sample.version_spans_size() == 0) return absl::InvalidArgumentError("version_spans is empty");
  const EvalKey& key = sample.key().eval();
  if (key.row() >= state.inputs.eval.size() || key.index() >= state.inputs.eval_plan.samples_per_row) {
    return absl::InvalidArgumentError(Concat("there is no evaluation sample ", key.row(), "/", key.index()));
  }
  const uint64_t step = sample.version_spans(0).version().step();
  if (step > state.inputs.plan.steps) return absl::InvalidArgumentError(Concat("there is no version ", step));
  return Place{UnitKey::EvalRow(step, key.row()), key.index()};
}

// The answer to a submission of a sample that is terminal, or that nobody was ever asked for.
SubmitOutcome AnswerLate(const Place& place, const Sample& sample, const HubState& state) {
  const std::optional<SampleRow> row = state.ledger.FindSample(place.unit, place.index);
  if (!row) return Outcome(SubmitOutcome::SUPERSEDED, "no such sample is asked for (any more)");
  if (row->digest != ContentDigest(sample)) {
    return Outcome(SubmitOutcome::SUPERSEDED, "another submission of this sample was sealed first");
  }
  if (IsRefusal(row->reason)) return Outcome(SubmitOutcome::REFUSED, row->reason);
  return Outcome(SubmitOutcome::DUPLICATE);
}

Examined Examine(const Place& place, const Sample& sample, HubState* state) {
  const RunPlan& plan = state->inputs.plan;
  UnitIntakeRules rules;
  rules.prompt_ids = state->PromptOf(place.unit).ids;
  rules.lineage = state->versions.lineage();
  if (place.unit.training()) {
    rules.versions =
        VersionBound(plan.StepOf(place.unit.ordinal), plan.max_staleness, state->versions.first_version());
  } else {
    const uint64_t step = static_cast<uint64_t>(place.unit.evaluation);
    rules.versions = {step, step};
  }
  rules.check_version = [state](const WeightVersion& version) {
    return state->versions.CheckServable(version);
  };
  return ExamineSample(sample, state->inputs.intake, rules);
}

// An evaluation reads no statistics.
std::string_view ReasonFor(const Place& place, const Examined& examined) {
  return !place.unit.training() && examined.reason == kNoStatistics ? std::string_view() : examined.reason;
}

SampleRow MakeRow(const Place& place, const Sample& sample, const Examined& examined, const HubState& state) {
  SampleRow row;
  row.unit = place.unit;
  row.index = place.index;
  row.reason = ReasonFor(place, examined);
  row.state = row.reason.empty() ? SampleState::kSealed : SampleState::kDropped;
  row.attempt = sample.attempt();
  row.lease_id = sample.lease_id();
  row.digest = ContentDigest(sample);
  row.verified = examined.verified;
  row.reward = examined.reward;
  row.tokens = examined.tokens;
  row.cut_short = examined.cut_short;
  row.measured = examined.measured;
  row.lineage = state.versions.lineage();
  row.oldest_step = examined.oldest_step;
  return row;
}

void Record(const SampleRow& row, const Sample& sample, HubState* state) {
  const std::string name = state->work.NameOf(row.unit, row.index);
  if (!IsRefusal(row.reason)) {
    state->history.Add("sealed", Json::Object{{"sample", name},
                                              {"lease", sample.lease_id()},
                                              {"attempt", sample.attempt()},
                                              {"worker", sample.worker()},
                                              {"digest", ShortHex(*DigestFromBytes(row.digest))},
                                              {"reward", row.reward},
                                              {"tokens", row.tokens},
                                              {"version", row.oldest_step}});
  }
  if (row.state != SampleState::kDropped) return;
  state->history.Add("dropped", Json::Object{{"sample", name}, {"reason", row.reason}});
  if (row.unit.training()) state->counts.Dropped(row.reason);
}

}  // namespace

absl::StatusOr<SubmitOutcome> SubmitSample(const Sample& sample, HubState* state) {
  const absl::StatusOr<Place> place = PlaceOf(sample, *state);
  if (!place.ok()) return Outcome(SubmitOutcome::REFUSED, std::string(place.status().message()));
  const WorkUnit* unit = state->work.Find(place->unit);
  if (unit == nullptr) return AnswerLate(*place, sample, *state);
  const WorkSlot slot = unit->slots[place->index];
  if (slot.state == WorkSlot::State::kTerminal || slot.state == WorkSlot::State::kNew) {
    return AnswerLate(*place, sample, *state);
  }

  const Examined examined = Examine(*place, sample, state);
  const bool holds_it = slot.state == WorkSlot::State::kLeased && slot.lease_id == sample.lease_id() &&
                        slot.attempt == sample.attempt();
  if (examined.refused() && !holds_it) {
    return Outcome(SubmitOutcome::SUPERSEDED, Concat("its lease is over, and ", examined.detail));
  }
  SampleRow row = MakeRow(*place, sample, examined, *state);
  if (!examined.refused()) {
    row.payload = state->ledger.AppendPayload(sample.SerializeAsString());
    state->Sealed(examined.tokens);
  }
  const bool last_of_unit = unit->open_slots == 1;
  Record(row, sample, state);
  state->work.Settle(row);
  state->Changed();
  if (last_of_unit) RETURN_IF_ERROR(state->UnitDone(place->unit));
  return examined.refused() ? Outcome(SubmitOutcome::REFUSED, Concat(examined.reason, ": ", examined.detail))
                            : Outcome(SubmitOutcome::ACCEPTED);
}

}  // namespace rubato
