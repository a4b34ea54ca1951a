// One step as all ranks train it together: the gradient of each rank's share, its sum over ranks, the update,
// and the proof that every rank arrived at the same weights.
//
// Owned by the rank's loop; one thread at a time.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "comm/communicator.h"
#include "learner/trainer.h"
#include "policy/slab_digest.h"
#include "proto/config.pb.h"
#include "proto/learner.pb.h"

namespace rubato {

struct StepResult {
  SlabDigest digest;  // of the weights after the step
  StepReport report;  // the same on every rank but for `seconds`, which are this rank's
};

class RankStep {
 public:
  // All are borrowed.  A batch that gives values that are not finite is saved below `run_directory`.
  RankStep(Trainer* trainer, Communicator* comm, const LearnerSection& config, std::string run_directory)
      : trainer_(*trainer), comm_(*comm), config_(config), run_directory_(std::move(run_directory)) {}

  // Trains this rank's share; `held` names the trainer's weights.  UNAVAILABLE: another rank is gone.
  // INTERNAL: a malformed batch, a loss or gradient that is not finite, ranks whose weights differ.
  absl::StatusOr<StepResult> Run(const GetBatchReply& batch, const WeightVersion& held);

 private:
  absl::StatusOr<StepTally> ComputeGradient(const GetBatchReply& batch, const WeightVersion& held);
  absl::Status AgreeOnFiniteness(const GetBatchReply& batch, const StepTally& tally);
  absl::Status AllReduceGradient(uint64_t step);
  absl::StatusOr<SlabDigest> AgreeOnWeights(uint64_t step);

  Trainer& trainer_;
  Communicator& comm_;
  const LearnerSection config_;
  const std::string run_directory_;
};

}  // namespace rubato
