#pragma once

#include <deque>
#include <functional>
#include <map>
#include <stop_token>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/slab.h"
#include "rollout/bounded_queue.h"
#include "rollout/engine/engine.h"
#include "rollout/lease_book.h"
#include "rollout/serving_state.h"
#include "rollout/swap_policy.h"
#include "rollout/work.h"
#include "rollout/worker_metrics.h"

namespace rubato {

// The thread that generates: takes leases from `leased`, brings the engine to the weights each one names,
// steps it, and puts finished samples into `generated`.  Everything it holds belongs to the thread that calls
// Run.
class GenerationLoop {
 public:
  struct Parts {
    Engine* engine = nullptr;
    BoundedQueue<LeasedWork>* leased = nullptr;
    BoundedQueue<GeneratedSample>* generated = nullptr;
    LeaseBook* book = nullptr;
    ServingState* serving = nullptr;
    WorkerMetrics* metrics = nullptr;
    uint64_t run_seed = 0;
    std::function<absl::StatusOr<Slab>(const VersionSource&)> fetch;
    // Gives a lease back whose weights nobody holds just now; it will be issued again, with fresh sources.
    std::function<void(uint64_t lease_id)> release;
  };

  explicit GenerationLoop(Parts parts) : parts_(std::move(parts)) {}

  // Until `leased` is closed and everything taken from it is generated, or a stop is requested; then
  // `generated` is closed.  DATA_LOSS: the memory served from is not the version that was fetched; others as
  // the engine's.
  absl::Status Run(std::stop_token stop);

 private:
  struct InFlight {
    LeasedWork leased;
    int key_index = 0;
  };

  absl::Status Turn();
  absl::Status Admit();
  absl::Status Start(LeasedWork leased);
  absl::Status Swap(const LeasedWork& leased, const ServedVersion& target, bool* swapped);
  bool Holding() const { return absl::Now() < hold_until_; }
  void HoldWaiting();
  void GiveBackWaiting();
  SwapSnapshot Snapshot(const LeasedWork& next) const;
  void GiveBack(const LeasedWork& leased);
  void PassOnFinished();

  Parts parts_;
  std::deque<LeasedWork> waiting_;
  std::map<uint64_t, InFlight> in_flight_;  // by tag
  int exact_in_flight_ = 0;
  uint64_t next_tag_ = 1;

  // After weights could not be had, what waits is held for a moment and then given back, so that a source
  // that died is neither asked nor complained of more than a few times a second.
  absl::Time hold_until_ = absl::InfinitePast();
  int failed_fetches_ = 0;  // since the last one that succeeded
};

}  // namespace rubato
