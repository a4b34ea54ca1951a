// A checkpoint on disk: `checkpoints/step-K.gen-G/` below the run directory.
//
//   model/            the Hugging Face directory of version K, for people and for `rubato score`
//   masters.f32       the slab: fp32, little-endian, in slab order
//   first_moment.f32  second_moment.f32
//   state.json        step, lineage, optimizer updates, digests of weights and configuration
//   manifest.json     every other file with its size and SHA-256; written last
//
// Files and directories are fsynced before the manifest is, and the manifest before the call returns.  A
// directory without a manifest that verifies is not a checkpoint.  Neither is one the hub does not know of.
//
// Threading: free functions on paths; one writer per directory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/digest.h"
#include "learner/adamw.h"
#include "policy/slab.h"
#include "proto/learner.pb.h"

namespace rubato {

struct TrainingState {
  uint64_t step = 0;  // of the weights: updates committed before this state
  uint32_t lineage = 0;
  Slab weights;
  AdamWState optimizer;
};

// Writes the state below `run_directory`; `model_directory` supplies config.json and tokenizer.json. Replaces
// a leftover of the same name.  Returns what the hub is told.
absl::StatusOr<CheckpointRef> WriteCheckpoint(const std::string& run_directory,
                                              const std::string& model_directory, const TrainingState& state,
                                              uint64_t generation);

// DATA_LOSS, naming file and difference, if anything is missing or differs from the manifest or from `ref`.
absl::StatusOr<TrainingState> LoadCheckpoint(const std::string& run_directory, const CheckpointRef& ref);

// The first of `refs` that loads, and why those before it were skipped.  NOT_FOUND if none does.
struct ChosenCheckpoint {
  TrainingState state;
  CheckpointRef ref;
  std::vector<std::string> skipped;
};
absl::StatusOr<ChosenCheckpoint> LoadNewestCheckpoint(const std::string& run_directory,
                                                      std::span<const CheckpointRef> refs);

// Deletes checkpoints that the hub retired.  A directory that cannot be deleted is left, and named in the
// error.
absl::Status DeleteCheckpoints(const std::string& run_directory, std::span<const CheckpointRef> refs);

}  // namespace rubato
