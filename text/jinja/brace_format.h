// text.format(...), as Python formats it.

#pragma once

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

Value BraceFormat(Run& run, const Value& format, const Arguments& arguments);

}  // namespace rubato::jinja
