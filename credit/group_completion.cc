#include "credit/group_completion.h"

#include <memory>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/status.h"
#include "credit/drop_reasons.h"
#include "credit/group_view.h"
#include "proto/ledger.pb.h"

namespace rubato {
namespace {

uint32_t UndefinedTokens(const WeightReasons& reasons) {
  return static_cast<uint32_t>(reasons.unmeasured + reasons.short_response + reasons.undefined);
}

GroupCredit ToMessage(const CreditedGroup& credited) {
  GroupCredit message;
  message.set_reward_mean(credited.advantages.mean);
  message.set_reward_std(credited.advantages.std);
  for (size_t index = 0; index < credited.samples.size(); ++index) {
    const CreditedSample& sample = credited.samples[index];
    if (!sample.ok) continue;
    SampleCredit* credit = message.add_samples();
    credit->set_index(static_cast<uint32_t>(index));
    credit->set_advantage(sample.advantage);
    credit->set_token_weights(PackDouble(sample.weights.gamma));
    credit->set_undefined_tokens(UndefinedTokens(sample.weights.reasons));
  }
  return message;
}

}  // namespace

absl::Status CompleteGroup(const HubInputs& inputs, uint64_t group, Ledger* ledger, HubHistory* history,
                           HubCounts* counts) {
  const std::string name = NameOf(inputs.plan.IdOf(group));
  ASSIGN_OR_RETURN(GroupView view, ReadGroup(*ledger, group, inputs.credit));
  const absl::StatusOr<CreditedGroup> credited = CreditGroup(inputs.credit, inputs.group_rules, view.samples);
  if (!credited.ok()) return absl::InternalError(Concat("group ", name, ": ", credited.status().message()));

  UnitRow unit;
  unit.unit = UnitKey::Group(group);
  unit.state = credited->fate == GroupFate::kTrained ? UnitState::kComplete : UnitState::kDropped;
  if (credited->fate != GroupFate::kTooFewOk) {
    unit.credit = ledger->AppendPayload(ToMessage(*credited).SerializeAsString());
  }
  if (unit.state == UnitState::kDropped) {
    unit.reason = credited->fate == GroupFate::kTooFewOk ? kTooFewOk : kZeroVariance;
    for (SampleRow& row : view.rows) {
      if (row.state != SampleState::kSealed) continue;
      row.state = SampleState::kDropped;
      row.reason = unit.reason;
      ledger->Put(row);
      counts->Dropped(row.reason);
      history->Add("dropped", Json::Object{{"sample", Concat(name, "/", row.index)}, {"reason", row.reason}});
    }
  }
  ledger->Put(unit);
  history->Add("group", Json::Object{{"unit", name},
                                     {"fate", unit.state == UnitState::kComplete ? "complete" : unit.reason},
                                     {"reward_mean", credited->advantages.mean}});
  return absl::OkStatus();
}

}  // namespace rubato
