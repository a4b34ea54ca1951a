#pragma once

#include <stop_token>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "rollout/bounded_queue.h"
#include "rollout/lease_book.h"
#include "rollout/rollout_client.h"
#include "rollout/serving_state.h"
#include "rollout/work.h"
#include "rollout/worker_metrics.h"

namespace rubato {

struct LeaseLoopParts {
  RolloutClient* client = nullptr;
  BoundedQueue<LeasedWork>* leased = nullptr;
  LeaseBook* book = nullptr;
  ServingState* serving = nullptr;
  WorkerMetrics* metrics = nullptr;
  size_t capacity = 64;  // samples to generate at a time
  absl::Duration lease_time = absl::Seconds(30);
};

// Asks for work while there is room, until the hub drains or a stop is requested; then closes `leased`.  Asks
// only once an eighth of the capacity is free, so that leases do not crumble.
absl::Status RunLeaseLoop(const LeaseLoopParts& parts, std::stop_token stop);

// Renews what the book holds every third of the lease time until a stop is requested.
absl::Status RunRenewLoop(const LeaseLoopParts& parts, std::stop_token stop);

}  // namespace rubato
