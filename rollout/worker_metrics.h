#pragma once

#include "common/metrics.h"

namespace rubato {

// What a worker counts.  Thread-safe; `metrics` outlives it.
struct WorkerMetrics {
  explicit WorkerMetrics(Metrics* metrics);

  Counter generated_tokens;
  Counter samples_accepted, samples_duplicate, samples_superseded, samples_refused;
  Counter verdicts_ok, verdicts_timeout, verdicts_crashed;
  Counter swaps;
  Counter fetched_bytes;
  Counter leases_released;
  Gauge serving_step;
  Gauge live_samples;
  Gauge waiting_samples;
  Histogram swap_seconds;
  Progress leased, stepped, submitted;
};

}  // namespace rubato
