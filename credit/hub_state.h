// All that the hub knows, in one place, and what several of its conversations do to it.
//
// Conversations (hub_rollout.h, hub_learner.h) check everything first and change state last: a call that
// returns an error has changed nothing.
//
// Owned by the hub's thread.

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "credit/evaluations.h"
#include "credit/hub_counts.h"
#include "credit/hub_history.h"
#include "credit/hub_inputs.h"
#include "credit/learner_roster.h"
#include "credit/ledger.h"
#include "credit/name_registry.h"
#include "credit/pass_order.h"
#include "credit/step_table.h"
#include "credit/version_registry.h"
#include "credit/work_table.h"

namespace rubato {

struct HubIdentity {
  std::string run_id;
  uint64_t run_epoch = 0;
  uint64_t hub_incarnation = 0;
  // This start began the epoch: no process of an earlier one can do anything any more.
  bool new_epoch = false;
};

class HubState {
 public:
  // Takes the run up where the ledger says it stands.  The pointers outlive the state.
  static absl::StatusOr<std::unique_ptr<HubState>> Open(const HubInputs* inputs, const HubIdentity& identity,
                                                        Ledger* ledger, const Clock* clock,
                                                        std::function<bool(int pid)> process_is_alive);

  // --- who asks
  // A reply's fencing, with the learner's generation for its ranks.
  Fencing MakeFencing(uint64_t learner_generation = 0) const;
  // ABORTED: another run epoch.  UNAUTHENTICATED: another incarnation of the hub.
  absl::Status CheckFencing(const Fencing& fencing) const;

  // Where a version can be fetched from now.
  std::vector<std::string> SourcesOf(uint64_t step) const;
  // What a unit is sampled from.
  const HubPrompt& PromptOf(const UnitKey& unit);

  // --- how the run goes
  bool finished() const;
  // No more work is handed out: finished, draining or failed.
  bool stopped() const { return draining || !failure.ok() || finished(); }
  // The run stops itself; the first reason stays.
  void Fail(const absl::Status& reason);
  void Drain(const std::string& reason);

  // --- what follows from what
  // All samples of a unit are terminal: completes the group or the row, and fixes the step if that was its
  // last.
  absl::Status UnitDone(const UnitKey& unit);
  // The run's first weights.
  void BeginWith(const VersionRow& version);
  // The next step is trained, and the weights it made become current.
  void CommitStep(const std::string& weight_digest, uint64_t generation, const std::string& report);
  // A replay of `step` made other weights than recorded: a lineage begins in which it is to be committed
  // again.
  void OpenLineage(uint64_t step);

  // Whoever waits for something looks again when this has changed.
  uint64_t revision() const { return revision_; }
  void Changed() { ++revision_; }
  // Ends leases that are over.
  void Expire();
  // Counts a sealed sample.
  void Sealed(uint64_t tokens);

  // Lines for the copies of history and metrics, since the last call.
  struct Output {
    std::vector<std::string> history;
    std::vector<std::string> metrics;
    bool rewrite_metrics = false;  // metrics.jsonl holds steps that did not survive: render it anew
  };
  Output TakeOutput();
  // All of metrics.jsonl.
  std::vector<std::string> AllMetricsLines() const;

  const HubInputs& inputs;
  const HubIdentity identity;
  Ledger& ledger;
  const Clock& clock;

  HubHistory history;
  HubCounts counts;
  NameRegistry names;
  VersionRegistry versions;
  WorkTable work;
  Evaluations evaluations;
  StepTable steps;
  LearnerRoster roster;
  PassOrder pass_order;
  uint64_t next_group = 0;  // the first that was never leased

  bool draining = false;
  // The run stopped itself: the hub still answers, and `rubato up` ends everything with this reason.
  absl::Status failure;
  // What is in memory no longer follows from the ledger: nothing may be committed or answered any more.
  absl::Status fatal;
  // Generated tokens that were sealed over the last kRateWindow, by when.
  static constexpr absl::Duration kRateWindow = absl::Seconds(10);
  std::deque<std::pair<absl::Time, uint64_t>> recent_tokens;
  uint64_t sealed_samples = 0;  // since this start, evaluations included
  uint64_t sealed_tokens = 0;

 private:
  HubState(const HubInputs* inputs, const HubIdentity& identity, Ledger* ledger, const Clock* clock,
           std::function<bool(int pid)> process_is_alive);
  absl::Status TakeUp();
  absl::Status FixIfDone(uint64_t step);

  uint64_t revision_ = 0;
  std::vector<std::string> metrics_lines_;
  bool rewrite_metrics_ = false;
};

}  // namespace rubato
