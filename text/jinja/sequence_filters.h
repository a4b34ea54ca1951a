// The filters that go over several values.

#pragma once

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

Value BatchFilter(Run& run, const Value& input, const Arguments& arguments);
Value DictSortFilter(Run& run, const Value& input, const Arguments& arguments);
Value FirstFilter(Run& run, const Value& input, const Arguments& arguments);
Value ItemsFilter(Run& run, const Value& input, const Arguments& arguments);
Value JoinFilter(Run& run, const Value& input, const Arguments& arguments);
Value LastFilter(Run& run, const Value& input, const Arguments& arguments);
Value ListFilter(Run& run, const Value& input, const Arguments& arguments);
Value MapFilter(Run& run, const Value& input, const Arguments& arguments);
Value MaxFilter(Run& run, const Value& input, const Arguments& arguments);
Value MinFilter(Run& run, const Value& input, const Arguments& arguments);
Value RejectAttrFilter(Run& run, const Value& input, const Arguments& arguments);
Value RejectFilter(Run& run, const Value& input, const Arguments& arguments);
Value ReverseFilter(Run& run, const Value& input, const Arguments& arguments);
Value SelectAttrFilter(Run& run, const Value& input, const Arguments& arguments);
Value SelectFilter(Run& run, const Value& input, const Arguments& arguments);
Value SliceFilter(Run& run, const Value& input, const Arguments& arguments);
Value SortFilter(Run& run, const Value& input, const Arguments& arguments);
Value SumFilter(Run& run, const Value& input, const Arguments& arguments);
Value UniqueFilter(Run& run, const Value& input, const Arguments& arguments);

}  // namespace rubato::jinja
