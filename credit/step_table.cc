#include "credit/step_table.h"

#include "absl/strings/numbers.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr std::string_view kReplayUntilFact = "replay_until";

std::string ShortHexOf(const std::string& digest) { return ShortHex(*DigestFromBytes(digest)); }

// The members of a batch, for the history: {"2/17": [0, 1, 5], ...}.
Json MembersOf(const StepBatch& batch) {
  Json members = Json::Object{};
  for (const BatchSample& sample : batch.samples) {
    const std::string group = NameOf(sample.key().group());
    const Json* known = members.Find(group);
    Json::Array indices = known == nullptr ? Json::Array{} : known->array();
    indices.push_back(sample.key().index());
    members.Set(group, std::move(indices));
  }
  return members;
}

absl::Status CheckCoverage(const HubInputs& inputs, uint64_t step, const StepRecord& record) {
  if (!NeedsStatistics(inputs.credit.scheme) || record.coverage() >= inputs.credit.min_coverage) {
    return absl::OkStatus();
  }
  return WithExitCode(
      absl::FailedPreconditionError(
          Concat("step ", step, ": only ", record.coverage(), " of its ", record.verified_samples(),
                 " verified samples have whole attention statistics, credit.min_coverage asks for ",
                 inputs.credit.min_coverage,
                 ". Look for dropped(no_statistics) and dropped(refused_statistics) in the workers' logs")),
      ExitCode::kBadData);
}

}  // namespace

StepTable::StepTable(const HubInputs* inputs, const Clock* clock, Ledger* ledger, HubHistory* history,
                     HubCounts* counts, const VersionRegistry* versions)
    : inputs_(inputs),
      clock_(clock),
      ledger_(ledger),
      history_(history),
      counts_(counts),
      versions_(versions),
      last_mark_unix_ms_(absl::ToUnixMillis(clock->Now())) {
  if (versions->current() != nullptr) next_uncommitted_ = versions->current()->step;
  (void)absl::SimpleAtoi(ledger->Fact(kReplayUntilFact).value_or("0"), &replay_until_);
  const RunPlan& plan = inputs->plan;
  for (const UnitRow& unit : ledger->Groups(plan.FirstGroup(next_uncommitted_), plan.GroupCount())) {
    ++groups_done_[plan.StepOf(unit.unit.ordinal)];
  }
}

bool StepTable::GroupDone(uint64_t group) {
  return ++groups_done_[inputs_->plan.StepOf(group)] == inputs_->plan.groups_per_step;
}

uint64_t StepTable::GroupsDone(uint64_t step) const {
  if (step < next_uncommitted_) return inputs_->plan.groups_per_step;
  const auto found = groups_done_.find(step);
  return found == groups_done_.end() ? 0 : found->second;
}

std::optional<StepRow> StepTable::Find(uint64_t step) const {
  return ledger_->FindStep(versions_->LineageOfStep(step), step);
}

absl::Status StepTable::Fix(uint64_t step) {
  ASSIGN_OR_RETURN(StepBatch batch, ComposeBatch(inputs_->plan, *ledger_, step));
  StepRecord record = SummarizeStep(inputs_->plan, *ledger_, batch);
  RETURN_IF_ERROR(CheckCoverage(*inputs_, step, record));
  record.set_batched_unix_ms(absl::ToUnixMillis(clock_->Now()));
  StepRow row;
  row.lineage = versions_->LineageOfStep(step);
  row.step = step;
  row.batch_digest = batch.digest;
  row.summary = record.SerializeAsString();
  ledger_->Put(row);
  history_->Add("batch", Json::Object{{"step", step},
                                      {"lineage", row.lineage},
                                      {"digest", ShortHexOf(batch.digest)},
                                      {"members", MembersOf(batch)},
                                      {"tokens", batch.normalizers.tokens()}});
  latest_batch_ = std::make_shared<const StepBatch>(std::move(batch));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const StepBatch>> StepTable::Batch(uint64_t step) {
  if (latest_batch_ != nullptr && latest_batch_->step == step) return latest_batch_;
  const std::optional<StepRow> row = Find(step);
  if (!row) return absl::NotFoundError(Concat("step ", step, " has no batch yet"));
  ASSIGN_OR_RETURN(StepBatch batch, ComposeBatch(inputs_->plan, *ledger_, step));
  if (batch.digest != row->batch_digest) {
    return absl::DataLossError(Concat("the batch of step ", step, " has digest ", ShortHexOf(batch.digest),
                                      ", the ledger recorded ", ShortHexOf(row->batch_digest)));
  }
  latest_batch_ = std::make_shared<const StepBatch>(std::move(batch));
  return latest_batch_;
}

StepRow StepTable::Commit(const std::string& weight_digest, uint64_t generation, const std::string& report) {
  StepRow row = *Find(next_uncommitted_);
  const int64_t now = absl::ToUnixMillis(clock_->Now());
  CommitRecord record;
  record.set_committed_unix_ms(now);
  record.set_seconds(static_cast<double>(now - last_mark_unix_ms_) / 1000);
  last_mark_unix_ms_ = now;
  row.committed = true;
  row.generation = generation;
  row.weight_digest = weight_digest;
  row.report = report;
  row.commit_record = record.SerializeAsString();
  ledger_->Put(row);

  StepRecord summary;
  summary.ParseFromString(row.summary);
  const RunPlan& plan = inputs_->plan;
  ledger_->MarkSamples(plan.FirstGroup(row.step), plan.FirstGroup(row.step + 1), SampleState::kSealed,
                       SampleState::kTrained);
  counts_->Trained(summary.samples());
  history_->Add("committed", Json::Object{{"step", row.step},
                                          {"lineage", row.lineage},
                                          {"generation", generation},
                                          {"batch", ShortHexOf(row.batch_digest)},
                                          {"weights", ShortHexOf(weight_digest)},
                                          {"samples", summary.samples()}});
  groups_done_.erase(row.step);
  ++next_uncommitted_;
  return row;
}

void StepTable::ReopenFrom(uint64_t step, uint32_t old_lineage) {
  const RunPlan& plan = inputs_->plan;
  const uint64_t end = next_uncommitted_;
  // Steps beyond the next one may be fixed too, and more of them while an earlier replay is under way.
  for (uint64_t again = step; again <= replay_until() + plan.max_staleness; ++again) {
    // A step before the old lineage's own start lies under an earlier lineage.
    std::optional<StepRow> row;
    for (uint32_t lineage = old_lineage + 1; !row && lineage-- > 0;) row = ledger_->FindStep(lineage, again);
    if (!row) continue;
    if (again < end) {
      StepRecord summary;
      summary.ParseFromString(row->summary);
      counts_->Untrained(summary.samples());
      groups_done_[again] = plan.groups_per_step;
    }
    ledger_->Put(StepRow{versions_->lineage(), again, row->batch_digest, row->summary, false, 0, "", "", ""});
  }
  ledger_->MarkSamples(plan.FirstGroup(step), plan.FirstGroup(end), SampleState::kTrained,
                       SampleState::kSealed);
  next_uncommitted_ = step;
  replay_until_ = std::max(replay_until_, end);
  ledger_->PutFact(kReplayUntilFact, Concat(replay_until_));
}

}  // namespace rubato
