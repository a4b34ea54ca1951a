#include "credit/hub_metrics.h"

#include "credit/drop_reasons.h"
#include "proto/ledger.pb.h"

namespace rubato {

HubMetrics::HubMetrics(Metrics* metrics)
    : issued_{metrics->AddCounter("samples_issued_total", "Training samples leased for the first time.")},
      trained_{metrics->AddCounter("samples_trained_total", "Training samples of committed steps.")},
      sealed_{metrics->AddCounter("samples_sealed_total",
                                  "Submissions sealed by this start, evaluations included.")},
      tokens_{metrics->AddCounter("tokens_sealed_total",
                                  "Generated tokens of the submissions sealed by this start.")},
      steps_{metrics->AddCounter("steps_committed_total", "Steps committed.")},
      generations_{
          metrics->AddCounter("learner_generations_total", "Times that the learner ranks formed a group.")},
      pending_(
          metrics->AddGauge("samples_pending", "Training samples issued and neither trained nor dropped.")),
      next_step_(metrics->AddGauge("next_step", "The next step to commit, from 0.")),
      leases_(metrics->AddGauge("leases_open", "Leases held by workers.")),
      free_samples_(metrics->AddGauge("samples_waiting_for_lease",
                                      "Samples of units in progress that no lease holds.")),
      lineage_(metrics->AddGauge("lineage", "Lineage of the current weights.")),
      reward_mean_(metrics->AddGauge("reward_mean", "Mean reward of the step committed last.")),
      finished_(metrics->AddGauge("run_finished", "1 when all steps and evaluations are done.")),
      draining_(metrics->AddGauge("run_draining", "1 while the run winds down.")),
      failed_(metrics->AddGauge("run_failed", "1 when the run stopped itself.")),
      roles_(metrics->AddGauge("roles_known", "Processes that said hello to this start of the hub.")),
      eval_rows_left_(metrics->AddGauge("eval_rows_left", "Rows that the evaluation in progress waits for.")),
      intake_(metrics->AddProgress("intake")),
      commits_(metrics->AddProgress("commit")) {
  for (const std::string_view reason : kDropReasons) {
    dropped_.emplace(
        std::string(reason),
        Follower{metrics->AddCounter("samples_dropped_total", "Training samples that will never train.",
                                     {{"reason", std::string(reason)}})});
  }
}

// After a lineage was opened a number can be smaller than it was; a counter then stands still until it is
// passed.
void HubMetrics::Follower::Follow(uint64_t value) {
  if (value <= counted) return;
  counter.Add(static_cast<double>(value - counted));
  counted = value;
}

void HubMetrics::Update(const HubState& state) {
  issued_.Follow(state.counts.issued());
  trained_.Follow(state.counts.trained());
  for (const auto& [reason, samples] : state.counts.dropped_by_reason()) {
    if (const auto follower = dropped_.find(reason); follower != dropped_.end())
      follower->second.Follow(samples);
  }
  if (state.sealed_samples > sealed_.counted) intake_.Stamp();
  sealed_.Follow(state.sealed_samples);
  tokens_.Follow(state.sealed_tokens);
  const uint64_t next = state.steps.next_uncommitted();
  if (next != shown_step_ && next > 0) {
    StepRecord record;
    if (const auto row = state.steps.Find(next - 1)) record.ParseFromString(row->summary);
    reward_mean_.Set(record.reward_mean());
    commits_.Stamp();
  }
  shown_step_ = next;
  steps_.Follow(next);
  generations_.Follow(state.roster.generation());
  pending_.Set(static_cast<double>(state.counts.pending()));
  next_step_.Set(static_cast<double>(next));
  leases_.Set(static_cast<double>(state.work.leases().size()));
  free_samples_.Set(static_cast<double>(state.work.free_samples()));
  lineage_.Set(state.versions.lineage());
  finished_.Set(state.finished());
  draining_.Set(state.draining);
  failed_.Set(!state.failure.ok());
  roles_.Set(static_cast<double>(state.names.roles().size()));
  eval_rows_left_.Set(static_cast<double>(state.evaluations.rows_left()));
}

}  // namespace rubato
