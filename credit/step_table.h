// The steps of the run: which is next, whose batch is fixed, what was committed.
//
// A step goes  open -> fixed (all its groups are terminal: its batch has a digest) -> committed.  When a
// lineage is opened, fixed and committed steps from its start on are fixed steps of the new one, to be
// committed again.
//
// Owned by the hub's thread; every change is written to the ledger in the same call.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "credit/hub_counts.h"
#include "credit/hub_history.h"
#include "credit/hub_inputs.h"
#include "credit/ledger.h"
#include "credit/step_batch.h"
#include "credit/version_registry.h"

namespace rubato {

class StepTable {
 public:
  // As the ledger says.  The pointers outlive the table.
  StepTable(const HubInputs* inputs, const Clock* clock, Ledger* ledger, HubHistory* history,
            HubCounts* counts, const VersionRegistry* versions);

  uint64_t next_uncommitted() const { return next_uncommitted_; }
  // Steps below were committed before, in this lineage or an earlier one: the learner trains them again to
  // come back.
  uint64_t replay_until() const { return std::max(next_uncommitted_, replay_until_); }

  // A group became terminal.  True: it was the last of its step, which can be fixed now.
  bool GroupDone(uint64_t group);
  uint64_t GroupsDone(uint64_t step) const;
  // The row of a fixed or committed step; nothing while it is open.
  std::optional<StepRow> Find(uint64_t step) const;

  // Fixes the batch of a step whose groups are all terminal.
  // FAILED_PRECONDITION: too few samples have statistics (credit.min_coverage); the run must stop.
  absl::Status Fix(uint64_t step);

  // The batch of a fixed or committed step, composed again.  DATA_LOSS: it differs from its digest.
  absl::StatusOr<std::shared_ptr<const StepBatch>> Batch(uint64_t step);

  // Commits the next step.
  StepRow Commit(const std::string& weight_digest, uint64_t generation, const std::string& report);

  // The registry has opened a lineage at `step`, in place of `old_lineage`.
  void ReopenFrom(uint64_t step, uint32_t old_lineage);

 private:
  const HubInputs* const inputs_;
  const Clock* const clock_;
  Ledger* const ledger_;
  HubHistory* const history_;
  HubCounts* const counts_;
  const VersionRegistry* const versions_;

  uint64_t next_uncommitted_ = 0;
  uint64_t replay_until_ = 0;
  int64_t last_mark_unix_ms_ = 0;  // the last commit, or the start of this hub: time without one is no step's
  std::map<uint64_t, uint64_t> groups_done_;       // of uncommitted steps
  std::shared_ptr<const StepBatch> latest_batch_;  // ranks ask for the same one
};

}  // namespace rubato
