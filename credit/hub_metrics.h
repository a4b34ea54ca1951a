// What the hub counts, for Prometheus.  Update is called on the hub's thread, after each commit.

#pragma once

#include <map>
#include <string>

#include "common/metrics.h"
#include "credit/hub_state.h"

namespace rubato {

class HubMetrics {
 public:
  // `metrics` outlives this.
  explicit HubMetrics(Metrics* metrics);

  void Update(const HubState& state);

 private:
  // A counter that follows a number which was restored from the ledger.
  struct Follower {
    Counter counter;
    uint64_t counted = 0;
    void Follow(uint64_t value);
  };

  Follower issued_, trained_, sealed_, tokens_, steps_, generations_;
  std::map<std::string, Follower> dropped_;
  Gauge pending_, next_step_, leases_, free_samples_, lineage_, reward_mean_, finished_, draining_, failed_;
  Gauge roles_, eval_rows_left_;
  Progress intake_, commits_;
  uint64_t shown_step_ = 0;
};

}  // namespace rubato
