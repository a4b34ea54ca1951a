// What a learner rank shows at /metrics, prefix rubato_learner_.
//
// Handles of series that live as long as the Metrics they were made from; any thread.
#pragma once

#include <cstdint>

#include "common/metrics.h"
#include "proto/learner.pb.h"

namespace rubato {

class LearnerMetrics {
 public:
  explicit LearnerMetrics(Metrics* metrics);

  // The learner lives and waits: the hub answered.
  void Polled() { waiting_.Stamp(); }
  // Step `step` is trained.
  void Trained(uint64_t step, const StepReport& report);
  void CheckpointWritten(uint64_t step, double seconds);

 private:
  void AddSeconds(const char* phase, double seconds);

  Metrics& metrics_;
  Gauge step_;
  Gauge loss_;
  Gauge grad_norm_;
  Gauge learning_rate_;
  Gauge clip_fraction_;
  Gauge entropy_;
  Gauge logprob_gap_;
  Gauge checkpoint_step_;
  Counter steps_;
  Counter tokens_;
  Progress waiting_;
  Progress training_;
};

}  // namespace rubato
