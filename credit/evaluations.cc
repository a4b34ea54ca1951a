#include "credit/evaluations.h"

#include <algorithm>
#include <set>

namespace rubato {

Evaluations::Evaluations(const EvalPlan* plan, Ledger* ledger, HubHistory* history, WorkTable* work)
    : plan_(plan), ledger_(ledger), history_(history), work_(work) {
  for (const EvaluationRow& row : ledger->Evaluations()) {
    if (row.finished) {
      finished_.push_back(row);
    } else {
      TakeUp(row);
    }
  }
}

void Evaluations::TakeUp(const EvaluationRow& row) {
  open_ = row;
  rows_done_ = 0;
  std::set<uint64_t> done;
  for (const UnitRow& unit : ledger_->EvalRows(row.step)) done.insert(unit.unit.ordinal);
  rows_done_ = done.size();
  for (uint64_t ordinal = 0; ordinal < row.rows; ++ordinal) {
    if (!done.contains(ordinal)) work_->Add(UnitKey::EvalRow(row.step, ordinal), row.samples_per_row);
  }
}

void Evaluations::BeginIfDue(const VersionRow& version) {
  if (!plan_->Due(version.step)) return;
  const auto same_step = [&](const EvaluationRow& row) { return row.step == version.step; };
  if ((open_ && same_step(*open_)) || std::any_of(finished_.begin(), finished_.end(), same_step)) return;
  EvaluationRow row;
  row.step = version.step;
  row.lineage = version.lineage;
  row.digest = version.digest;
  row.rows = plan_->RowsOf(version.step);
  row.samples_per_row = plan_->samples_per_row;
  ledger_->Put(row);
  history_->Add("eval_begun", Json::Object{{"step", row.step}, {"lineage", row.lineage}, {"rows", row.rows}});
  TakeUp(row);
}

std::optional<EvaluationRow> Evaluations::RowDone(const UnitKey& row) {
  ledger_->Put(UnitRow{row, UnitState::kComplete, "", std::nullopt});
  work_->Remove(row);
  if (++rows_done_ < open_->rows) return std::nullopt;
  return Finish();
}

EvaluationRow Evaluations::Finish() {
  EvaluationRow row = *open_;
  double sum = 0;
  for (uint64_t ordinal = 0; ordinal < row.rows; ++ordinal) {
    for (const SampleRow& sample : ledger_->SamplesOf(UnitKey::EvalRow(row.step, ordinal))) {
      if (sample.verified) {
        sum += sample.reward;
        ++row.verified;
      } else {
        ++row.failed;
      }
    }
  }
  row.mean_reward = row.verified == 0 ? 0 : sum / static_cast<double>(row.verified);
  row.finished = true;
  ledger_->Put(row);
  history_->Add("eval", Json::Object{{"step", row.step},
                                     {"lineage", row.lineage},
                                     {"mean", row.mean_reward},
                                     {"samples", row.verified},
                                     {"failed", row.failed}});
  open_.reset();
  finished_.push_back(row);
  return row;
}

void Evaluations::Discard() {
  if (!open_) return;
  for (uint64_t ordinal = 0; ordinal < open_->rows; ++ordinal) {
    work_->Remove(UnitKey::EvalRow(open_->step, ordinal));
  }
  ledger_->DeleteEvaluation(open_->step);
  history_->Add("eval_discarded", Json::Object{{"step", open_->step}, {"lineage", open_->lineage}});
  open_.reset();
}

}  // namespace rubato
