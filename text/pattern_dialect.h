// The regular expressions of tokenizer.json are written for Oniguruma with Ruby's syntax; regex.h runs PCRE2.
//
// Nearly all of the two languages is the same. What would silently mean something else is found here, and
// translated or refused by name. Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

// The same pattern for PCRE2.
// INVALID_ARGUMENT: names what has no meaning, or another one, there.
absl::StatusOr<std::string> ToPcre2(std::string_view pattern);

}  // namespace rubato
