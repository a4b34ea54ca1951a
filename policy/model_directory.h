#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "policy/model_files.h"
#include "policy/safetensors_type.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"
#include "policy/weight_shards.h"

namespace rubato {

// A Hugging Face model directory: config.json, optionally generation_config.json, tokenizer files, and the
// weights in model.safetensors or in the shards that model.safetensors.index.json lists.
//
// A value that owns what it read.
struct ModelDirectory {
  ModelConfig config;
  SlabLayout layout;
  Slab weights;
  ModelFiles
      files;  // written again with each checkpoint, so that the model digest never changes during a run
};

// Reads all of it, at memory speed with two threads; holds the slab and nothing else of its size (the files
// are mapped, and the system takes that memory back when it wants).  Files of the
// tokenizer are carried along where they can be read, but not looked at: policy/tokenizer_check.h.
// INVALID_ARGUMENT with every problem: of config.json and generation_config.json, of the files of weights
// (weight_files.h) and of what is in them (model_weights.h).  What the tensors should be waits only for sizes
// in config.json that are sound.  NOT_FOUND: there is no such directory.
absl::StatusOr<ModelDirectory> ReadModelDirectory(const std::string& path);

// The config alone, with the same checks and errors; does not look at the weights.
absl::StatusOr<ModelConfig> ReadModelConfig(const std::string& path);

// The small files alone.
absl::StatusOr<ModelFiles> ReadModelFiles(const std::string& path);

// Writes a directory that `transformers` opens unmodified: `files` as they are (see SetDtype) and `weights`
// in model.safetensors or, where they take more than `most_shard_bytes`, in shards with their index.  Makes
// `path` if need be; removes weights of the other layout and small files that `files` has not, and touches
// nothing else.  Each file is whole or absent; the directory is complete when this returns OK.
// INVALID_ARGUMENT, before anything is written: a value is too large for `type`.
absl::Status WriteModelDirectory(const std::string& path, const ModelFiles& files, const SlabLayout& layout,
                                 const Slab& weights, SafetensorsType type,
                                 int64_t most_shard_bytes = kMostShardBytes);

}  // namespace rubato
