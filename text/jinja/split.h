// The methods of str that take a text apart.

#pragma once

#include <vector>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

// split and rsplit.
template <bool from_right>
Value Split(Run& run, const Value& self, const Arguments& arguments);
// partition and rpartition.
template <bool from_right>
Value Partition(Run& run, const Value& self, const Arguments& arguments);
Value SplitLinesMethod(Run& run, const Value& self, const Arguments& arguments);

}  // namespace rubato::jinja
