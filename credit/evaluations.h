// Evaluations: the same rows, under the same seeds, by exactly one version of the weights.
//
// One begins when a version that is due becomes current, and no step is handed to the learner before it is
// finished: so the weights it is pinned to stay current, in the learner and in the workers, as long as it
// lasts.
//
// Owned by the hub's thread; every change is written to the ledger in the same call.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credit/eval_plan.h"
#include "credit/hub_history.h"
#include "credit/ledger.h"
#include "credit/work_table.h"

namespace rubato {

class Evaluations {
 public:
  // Takes up what the ledger says is unfinished.  The pointers outlive this.
  Evaluations(const EvalPlan* plan, Ledger* ledger, HubHistory* history, WorkTable* work);

  // Begins the evaluation of `version` if it is due and not done yet.
  void BeginIfDue(const VersionRow& version);
  // All samples of a row are terminal.  The result, if it was the last row.
  std::optional<EvaluationRow> RowDone(const UnitKey& row);
  // Forgets an evaluation that is not finished: its version did not survive.  Its leases have ended.
  void Discard();

  // The one in progress; null: none.
  const EvaluationRow* open() const { return open_ ? &*open_ : nullptr; }
  // Of the one in progress.
  uint64_t rows_left() const { return open_ ? open_->rows - rows_done_ : 0; }
  // In the order of their steps.
  const std::vector<EvaluationRow>& finished() const { return finished_; }

 private:
  void TakeUp(const EvaluationRow& row);
  EvaluationRow Finish();

  const EvalPlan* const plan_;
  Ledger* const ledger_;
  HubHistory* const history_;
  WorkTable* const work_;
  std::optional<EvaluationRow> open_;
  uint64_t rows_done_ = 0;
  std::vector<EvaluationRow> finished_;
};

}  // namespace rubato
