#include "credit/group_view.h"

#include <utility>

#include "common/status.h"
#include "credit/drop_reasons.h"
#include "credit/run_plan.h"
#include "proto/sample.pb.h"
#include "stats/capture.h"

namespace rubato {
namespace {

absl::StatusOr<std::unique_ptr<WeighingInput>> ReadInput(const Ledger& ledger, const SampleRow& row,
                                                         const CreditSettings& settings) {
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(*row.payload));
  Sample sample;
  if (!sample.ParseFromString(payload)) return absl::DataLossError("a stored sample cannot be parsed");
  // Intake has compared it with the lease's.
  ASSIGN_OR_RETURN(const Capture capture, DecodeCapture(sample.stats().capture()));
  ASSIGN_OR_RETURN(WeighingInput input, ReadWeighingInput(sample, NameOf(sample.key().sample().group()),
                                                          row.index, capture, settings));
  return std::make_unique<WeighingInput>(std::move(input));
}

}  // namespace

bool EarnsCredit(const SampleRow& row) {
  switch (row.state) {
    case SampleState::kSealed:
    case SampleState::kTrained:
      return true;
    case SampleState::kDropped:
      return row.reason == kTooFewOk || row.reason == kZeroVariance;
    case SampleState::kWaiting:
    case SampleState::kLeased:
      return false;
  }
  return false;
}

absl::StatusOr<GroupView> ReadGroup(const Ledger& ledger, uint64_t group, const CreditSettings& settings) {
  GroupView view;
  view.rows = ledger.SamplesOf(UnitKey::Group(group));
  for (const SampleRow& row : view.rows) {
    GroupSample sample;
    sample.ok = EarnsCredit(row);
    sample.reward = row.reward;
    sample.response_tokens = static_cast<int>(row.tokens);
    std::unique_ptr<WeighingInput> input;
    if (sample.ok) {
      ASSIGN_OR_RETURN(input, ReadInput(ledger, row, settings));
      sample.stats = &input->stats;
      sample.roles = input->roles;
      sample.entropies = input->entropies;
      sample.draw = input->draw;
    }
    view.inputs.push_back(std::move(input));
    view.samples.push_back(sample);
  }
  return view;
}

}  // namespace rubato
