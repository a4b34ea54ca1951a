#include "rollout/worker_metrics.h"

namespace rubato {
namespace {

Counter Outcome(Metrics* metrics, const char* outcome) {
  return metrics->AddCounter("rollout_samples_total", "Submitted samples by the hub's final word.",
                             {{"outcome", outcome}});
}

Counter OfVerdict(Metrics* metrics, const char* verdict) {
  return metrics->AddCounter("rollout_verdicts_total", "Verdicts by outcome.", {{"outcome", verdict}});
}

}  // namespace

WorkerMetrics::WorkerMetrics(Metrics* metrics)
    : generated_tokens(metrics->AddCounter("rollout_generated_tokens_total", "Response tokens sampled.")),
      samples_accepted(Outcome(metrics, "accepted")),
      samples_duplicate(Outcome(metrics, "duplicate")),
      samples_superseded(Outcome(metrics, "superseded")),
      samples_refused(Outcome(metrics, "refused")),
      verdicts_ok(OfVerdict(metrics, "ok")),
      verdicts_timeout(OfVerdict(metrics, "timeout")),
      verdicts_crashed(OfVerdict(metrics, "crashed")),
      swaps(metrics->AddCounter("rollout_weight_swaps_total", "Versions fetched, proved and swapped in.")),
      fetched_bytes(metrics->AddCounter("rollout_weight_fetched_bytes_total", "Bytes of weights fetched.")),
      leases_released(metrics->AddCounter("rollout_leases_released_total", "Leases given back unfinished.")),
      serving_step(metrics->AddGauge("rollout_weight_step", "Step of the weights that are served.")),
      live_samples(metrics->AddGauge("rollout_live_samples", "Sequences that are being decoded.")),
      waiting_samples(metrics->AddGauge("rollout_waiting_samples", "Samples that wait for a place.")),
      swap_seconds(metrics->AddHistogram("rollout_weight_swap_seconds",
                                         "From deciding on a version to serving it: fetch, proof, swap.",
                                         {0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60})),
      leased(metrics->AddProgress("lease")),
      stepped(metrics->AddProgress("decode")),
      submitted(metrics->AddProgress("submit")) {}

}  // namespace rubato
