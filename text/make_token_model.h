// The models that tokenizer.json can hold, made from its JSON.

#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "text/token_model.h"

namespace rubato {

// From the JSON of `model`: BPE or WordLevel.
// INVALID_ARGUMENT: names the kind or the option that is not supported, or the field that is wrong.
absl::StatusOr<std::unique_ptr<TokenModel>> MakeTokenModel(const Json& json);

}  // namespace rubato
