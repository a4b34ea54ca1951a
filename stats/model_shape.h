// The two numbers of a model that credit depends on, read from its config.json without any tensor library.
// The hub uses it to say which layers and heads are measured; the engine has its own, full reading.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

struct ModelShape {
  int layers = 0;       // num_hidden_layers
  int query_heads = 0;  // num_attention_heads
};

// From the text of a config.json.  The message names the key: NOT_FOUND when it is absent; INVALID_ARGUMENT
// when it is not a whole number in 1..65536, or the text is not JSON.
absl::StatusOr<ModelShape> ParseModelShape(std::string_view config_json);

// From <model_dir>/config.json.  Errors of reading the file, and those above with the path in front.
absl::StatusOr<ModelShape> LoadModelShape(const std::string& model_dir);

}  // namespace rubato
