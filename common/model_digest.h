// What a model directory is, without its weights: what roles compare at hello.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/digest.h"

namespace rubato {

struct ModelDigests {
  // Of config.json parsed and written again by Json::Dump, without `_name_or_path` and
  // `transformers_version`, which say where it came from and change nothing.
  Digest config;
  Digest tokenizer;  // of the bytes of tokenizer.json
};

// Of the text of a config.json; `name` is for messages.  INVALID_ARGUMENT when it is no JSON object.
absl::StatusOr<Digest> DigestModelConfig(std::string_view text, std::string_view name);

// NOT_FOUND naming the file that `directory` lacks; INVALID_ARGUMENT when config.json is not a JSON object.
absl::StatusOr<ModelDigests> DigestModelDirectory(const std::string& directory);

}  // namespace rubato
