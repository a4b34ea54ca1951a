// text % values, as Python formats it.

#pragma once

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// `values` is a tuple, a dictionary for %(name)s, or one value.
Value PercentFormat(Run& run, const Value& format, const Value& values);

}  // namespace rubato::jinja
