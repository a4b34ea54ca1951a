// A checkpoint on disk: `checkpoints/step-K.gen-G/` below the run directory.
//
//   model/                     Hugging Face directory of version K in fp32: for people, and the masters to go
//   on from first_moment.safetensors   AdamW's moments, tensors named like the weights they belong to
//   second_moment.safetensors
//   manifest.json              step, lineage, generation, optimizer updates, digest of the weights, and every
//                              other file with its size and SHA-256; written last
//
// Every file and directory is fsynced before the manifest is, and the manifest before Write returns.  A
// directory without a manifest that verifies is not a checkpoint; one that the hub does not know of is not
// one either.
//
// Threading: free functions on paths; one writer per directory.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "learner/adamw.h"
#include "policy/model_directory.h"
#include "proto/learner.pb.h"

namespace rubato {

// Where training stands: after `step` committed updates.
struct CheckpointPosition {
  uint64_t step = 0;
  uint32_t lineage = 0;
  uint64_t generation = 0;
};

// What to write; borrowed for the call.
struct CheckpointContents {
  const std::map<std::string, std::string>& model_files;  // ModelDirectory::files
  const SlabLayout& layout;
  const Slab& weights;
  const AdamWState& optimizer;
};

// Writes a checkpoint below `run_directory`; a leftover of the same name is replaced.  Returns what the hub
// is told.
absl::StatusOr<CheckpointRef> WriteCheckpoint(const std::string& run_directory,
                                              const CheckpointPosition& position,
                                              const CheckpointContents& contents);

struct LoadedCheckpoint {
  CheckpointPosition position;
  ModelDirectory model;
  AdamWState optimizer;
};

// DATA_LOSS, naming checkpoint, file and difference, if anything is missing or differs from the manifest, or
// the manifest from `ref`.
absl::StatusOr<LoadedCheckpoint> LoadCheckpoint(const std::string& run_directory, const CheckpointRef& ref);

// The model alone, after the same checks of the same files, and with the same errors.
absl::StatusOr<ModelDirectory> LoadCheckpointModel(const std::string& run_directory,
                                                   const CheckpointRef& ref);

// Deletes checkpoints that the hub retired, all that can be; the error names the first that cannot.
absl::Status DeleteCheckpoints(const std::string& run_directory, std::span<const CheckpointRef> refs);

}  // namespace rubato
