#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/digest.h"
#include "policy/model_config.h"

namespace rubato {

// Everything that can be said of a model directory without loading it: what `rubato inspect` prints.
//
// A value.  What could not be found out is absent, empty or 0, and a problem says why.
struct ModelInspection {
  struct File {
    std::string name;
    uint64_t bytes = 0;
  };
  // The tensors of one type on disk.
  struct Stored {
    std::string dtype;  // as safetensors spells it: "BF16"
    int64_t tensors = 0;
    int64_t elements = 0;
    uint64_t bytes = 0;
  };

  // Meaningful as far as config.json is: sizes that are unsound are 0.  `config_is_sound` says that nothing
  // is wrong with config.json and generation_config.json.
  ModelConfig config;
  bool config_is_sound = false;

  int64_t parameters = 0;      // of the model, a tied head once; 0 if the sizes in config.json are unsound
  std::vector<Stored> stored;  // most bytes first

  std::vector<File> files;         // configs, tokenizer and chat template, by name
  std::vector<File> weight_files;  // by name

  std::optional<Digest> config_digest;     // these two as in common/model_digest.h
  std::optional<Digest> tokenizer_digest;  // absent where there is no tokenizer.json, too
  // Names the weights as fp32: the digest of the version that a run begins with (policy/slab_digest.h).
  // Absent if anything is wrong with config or weights.
  std::optional<Digest> weight_digest;

  std::optional<int64_t> tokenizer_tokens;  // one more than the largest token id; absent without tokenizer

  std::vector<std::string>
      problems;                    // why the directory is refused; each names file, key or tensor, and value
  std::vector<std::string> notes;  // what is odd or missing and does no harm
};

// Reads the whole directory, weights included, in bounded memory (some MB, however large the model is), with
// two threads. NOT_FOUND: `path` is no directory.  All else that is wrong is in `problems`.
absl::StatusOr<ModelInspection> InspectModelDirectory(const std::string& path);

// OK, or INVALID_ARGUMENT (exit code 65) "model directory PATH: ..." with one problem per line.
absl::Status ToStatus(const std::string& path, const ModelInspection& inspection);

}  // namespace rubato
