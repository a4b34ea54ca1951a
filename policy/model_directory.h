#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/model_config.h"
#include "policy/safetensors.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// A Hugging Face model directory: config.json, optionally generation_config.json, tokenizer files, and the
// weights in model.safetensors or in the shards that model.safetensors.index.json lists.
//
// A value that owns what it read.
struct ModelDirectory {
  ModelConfig config;
  SlabLayout layout;
  Slab weights;
  // Every small file that makes the directory open elsewhere (configs, tokenizer, chat template), by name,
  // byte for byte.  Written again with each checkpoint, so that the model digest never changes during a run.
  std::map<std::string, std::string> files;
};

// Reads all of it.  One INVALID_ARGUMENT status carries every problem of the configs; or, if they are sound,
// every problem of the weights: missing, unexpected and misshapen tensors, values that are not finite.
// NOT_FOUND: `path` is no directory or has no config.json.
absl::StatusOr<ModelDirectory> ReadModelDirectory(const std::string& path);

// The config alone, with the same checks and errors; does not open the weights.
absl::StatusOr<ModelConfig> ReadModelConfig(const std::string& path);

// The small files alone (see ModelDirectory::files).
absl::StatusOr<std::map<std::string, std::string>> ReadModelFiles(const std::string& path);

// Writes a directory that `transformers` opens unmodified: `files` as they are and model.safetensors from
// `weights`. Makes `path` if need be.  Each file is whole or absent; the directory is complete
// when this returns OK.
absl::Status WriteModelDirectory(const std::string& path, const std::map<std::string, std::string>& files,
                                 const SlabLayout& layout, const Slab& weights, SafetensorsType type);

}  // namespace rubato
