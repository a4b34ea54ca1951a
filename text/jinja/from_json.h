// JSON text as values, members in their order, every text content of the caller.

#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// Are the texts of this JSON the caller's, or the template's own side?
enum class Trust { kContent, kTrusted };

// INVALID_ARGUMENT "NAME:LINE: ...", also for whole numbers beyond 64 bits.
absl::StatusOr<Value> FromJson(std::string_view json, std::string_view name, const JsonOptions& options = {},
                               Trust trust = Trust::kContent);

}  // namespace rubato::jinja
