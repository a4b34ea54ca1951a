#include "credit/step_batch.h"

#include <algorithm>
#include <cmath>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/status.h"
#include "credit/batch_digest.h"
#include "credit/drop_reasons.h"

namespace rubato {
namespace {

template <typename Message>
absl::StatusOr<Message> ReadMessage(const Ledger& ledger, const PayloadRef& ref) {
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(ref));
  Message message;
  if (!message.ParseFromString(payload)) {
    return absl::DataLossError(Concat("the payload in segment ", ref.segment, " at byte ", ref.offset,
                                      " is not a ", Message::descriptor()->name()));
  }
  return message;
}

const WeightVersion& OldestVersion(const Sample& sample) {
  const auto older = [](const VersionSpan& a, const VersionSpan& b) {
    return a.version().step() < b.version().step();
  };
  return std::min_element(sample.version_spans().begin(), sample.version_spans().end(), older)->version();
}

absl::StatusOr<BatchSample> ComposeSample(const RunPlan& plan, const Ledger& ledger, const UnitKey& unit,
                                          const SampleCredit& credit) {
  const std::optional<SampleRow> row = ledger.FindSample(unit, credit.index());
  const std::string name = Concat(NameOf(plan.IdOf(unit.ordinal)), "/", credit.index());
  if (!row || !row->payload)
    return absl::DataLossError(Concat("sample ", name, " has credit but no payload"));
  ASSIGN_OR_RETURN(Sample sample, ReadMessage<Sample>(ledger, *row->payload));
  if (sample.version_spans_size() == 0 || credit.token_weights().size() != row->tokens * sizeof(double)) {
    return absl::DataLossError(Concat("sample ", name, " and its credit do not belong together"));
  }
  BatchSample composed;
  *composed.mutable_key()->mutable_group() = plan.IdOf(unit.ordinal);
  composed.mutable_key()->set_index(credit.index());
  composed.set_advantage(credit.advantage());
  composed.set_token_weights(credit.token_weights());
  composed.set_temperature(sample.sampling().temperature());
  *composed.mutable_oldest_version() = OldestVersion(sample);
  composed.set_staleness(plan.StepOf(unit.ordinal) - composed.oldest_version().step());
  composed.mutable_segments()->Swap(sample.mutable_segments());
  return composed;
}

uint64_t TrainedTokens(const BatchSample& sample) { return sample.token_weights().size() / sizeof(double); }

struct Mean {
  double sum = 0;
  double squares = 0;
  double most = 0;
  uint64_t count = 0;

  void Add(double value) {
    sum += value;
    squares += value * value;
    most = std::max(most, value);
    ++count;
  }
  double Of() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
  double Std() const {
    return count == 0 ? 0 : std::sqrt(std::max(0.0, squares / static_cast<double>(count) - Of() * Of()));
  }
};

void SummarizeBatch(const StepBatch& batch, StepRecord* record) {
  Mean gamma, staleness;
  for (const BatchSample& sample : batch.samples) {
    staleness.Add(static_cast<double>(sample.staleness()));
    for (size_t at = 0; at < sample.token_weights().size(); at += sizeof(double)) {
      gamma.Add(LoadNumber<double>(sample.token_weights().data() + at));
    }
  }
  record->set_samples(batch.normalizers.samples());
  record->set_tokens(batch.normalizers.tokens());
  record->set_gamma_mean(gamma.count == 0 ? 1 : gamma.Of());
  record->set_gamma_max(std::max(1.0, gamma.most));
  record->set_staleness_mean(staleness.Of());
  record->set_staleness_max(static_cast<uint64_t>(staleness.most));
}

}  // namespace

absl::StatusOr<StepBatch> ComposeBatch(const RunPlan& plan, const Ledger& ledger, uint64_t step) {
  StepBatch batch;
  batch.step = step;
  uint64_t tokens = 0;
  for (const UnitRow& unit : ledger.Groups(plan.FirstGroup(step), plan.FirstGroup(step + 1))) {
    if (unit.state != UnitState::kComplete) continue;
    ASSIGN_OR_RETURN(const GroupCredit credit,
                     ReadMessage<GroupCredit>(ledger, unit.credit.value_or(PayloadRef{})));
    for (const SampleCredit& sample : credit.samples()) {
      ASSIGN_OR_RETURN(BatchSample composed, ComposeSample(plan, ledger, unit.unit, sample));
      tokens += TrainedTokens(composed);
      batch.samples.push_back(std::move(composed));
    }
  }
  batch.normalizers.set_samples(batch.samples.size());
  batch.normalizers.set_tokens(tokens);
  batch.digest = std::string(AsBytes(BatchDigest(step, batch.normalizers, batch.samples)));
  return batch;
}

StepRecord SummarizeStep(const RunPlan& plan, const Ledger& ledger, const StepBatch& batch) {
  StepRecord record;
  Mean reward, length;
  uint64_t cut_short = 0, measured = 0;
  for (const UnitRow& unit : ledger.Groups(plan.FirstGroup(batch.step), plan.FirstGroup(batch.step + 1))) {
    if (unit.state == UnitState::kComplete) {
      record.set_groups_trained(record.groups_trained() + 1);
    } else if (unit.reason == kZeroVariance) {
      record.set_groups_zero_variance(record.groups_zero_variance() + 1);
    } else {
      record.set_groups_dropped(record.groups_dropped() + 1);
    }
    for (const SampleRow& sample : ledger.SamplesOf(unit.unit)) {
      if (!sample.verified) continue;
      reward.Add(sample.reward);
      length.Add(static_cast<double>(sample.tokens));
      cut_short += sample.cut_short;
      measured += sample.measured;
    }
  }
  const double verified = static_cast<double>(reward.count);
  record.set_verified_samples(reward.count);
  record.set_reward_mean(reward.Of());
  record.set_reward_std(reward.Std());
  record.set_length_mean(length.Of());
  record.set_length_max(static_cast<uint64_t>(length.most));
  record.set_cut_short_share(reward.count == 0 ? 0 : static_cast<double>(cut_short) / verified);
  record.set_coverage(reward.count == 0 ? 1 : static_cast<double>(measured) / verified);
  SummarizeBatch(batch, &record);
  return record;
}

}  // namespace rubato
