// Jinja's grammar, as jinja2 reads it in the environment of chat templates.
//
// Pure function.  What jinja2 knows and this subset does not is refused by name and line: tags, filters,
// tests, methods, recursive loops.

#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "text/jinja/ast.h"

namespace rubato::jinja {

// The program's names are bound (scopes.h).
// INVALID_ARGUMENT "NAME:LINE: ...".
absl::StatusOr<Program> Parse(std::string_view source, std::string_view name);

}  // namespace rubato::jinja
