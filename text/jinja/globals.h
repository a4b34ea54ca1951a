// What every template knows: range, dict, namespace, raise_exception, strftime_now.

#pragma once

#include <string_view>

#include "text/jinja/value.h"

namespace rubato::jinja {

// Null: there is no global of this name.
const Value* FindGlobal(std::string_view name);

}  // namespace rubato::jinja
