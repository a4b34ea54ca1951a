// Jinja's filters and tests, and the tables that name them.

#pragma once

#include <string_view>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

using Filter = Value (*)(Run& run, const Value& input, const Arguments& arguments);
using Test = bool (*)(Run& run, const Value& input, const Arguments& arguments);

// Null: there is none of this name in the subset.
Filter FindFilter(std::string_view name);
Test FindTest(std::string_view name);

}  // namespace rubato::jinja
