#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/json.h"
#include "common/problems.h"
#include "policy/model_config.h"
#include "policy/safetensors_type.h"

namespace rubato {

// The small files of a model directory, byte for byte, by name relative to it: configs, tokenizer, chat
// templates.  They are what makes a directory open elsewhere, beside its weights.
using ModelFiles = std::map<std::string, std::string>;

// NOT_FOUND, with what to give instead, unless `path` is a directory.
absl::Status CheckIsDirectory(const std::string& path);

// Reads those that are there.  What cannot be read, is larger than 64 MiB, is no regular file or a link that
// leads nowhere, and a config.json that is missing, go to `problems`.
ModelFiles ReadSmallFiles(const std::string& directory, Problems* problems);

// Those problems of ReadSmallFiles that matter to who needs no tokenizer.
Problems OnlyOfConfigs(const Problems& problems);

// Removes small files of `directory` that `files` has not, so that what a directory held before does not mix
// with what is written.
absl::Status RemoveOtherSmallFiles(const std::string& directory, const ModelFiles& files);

// Writes all of `files`, each whole or absent.
absl::Status WriteSmallFiles(const std::string& directory, const ModelFiles& files);

// Makes config.json say that the weights are of `type` (`dtype`, and `torch_dtype` where that is there),
// which transformers 5 loads them as: fp32 weights under a config that says bfloat16 would be rounded.  The
// file is written anew only if it says something else.  INVALID_ARGUMENT: config.json is no JSON object.
absl::Status SetDtype(SafetensorsType type, ModelFiles* files);

// The object in a file's text.  Nothing, and a problem that names the file and the line, if it is no JSON
// object.
std::optional<Json> ParseJsonObject(const std::string& name, const std::string& text, Problems* problems);

// From config.json and generation_config.json; everything that is wrong with them goes to `problems`.  Sizes
// that are unsound come out as 0.
ModelConfig ParseConfigFiles(const ModelFiles& files, Problems* problems);

}  // namespace rubato
