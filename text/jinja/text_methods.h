// The methods of Python's str.

#pragma once

#include <string_view>

#include "text/jinja/run.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

using Method = Value (*)(Run& run, const Value& self, const Arguments& arguments);

// Null: str has no such method here.
Method FindTextMethod(std::string_view name);

// Also used by filters.
ProvenanceText Upper(const ProvenanceText& text);
ProvenanceText Lower(const ProvenanceText& text);
ProvenanceText Capitalize(const ProvenanceText& text);
enum class Side { kLeft, kRight, kBoth };
// `characters`: what to strip; none: white space.
ProvenanceText Strip(const ProvenanceText& text, Side side, const ProvenanceText* characters);
// `count`: at most so many, from the left; negative: all.
ProvenanceText Replace(Run& run, const ProvenanceText& text, const ProvenanceText& from,
                       const ProvenanceText& to, int64_t count);
// `keep_ends`: with the line ends.
std::vector<ProvenanceText> SplitLines(const ProvenanceText& text, bool keep_ends);
ProvenanceText Centered(const ProvenanceText& text, int64_t width, std::string_view fill);
// separator.join(items); the items are texts.
ProvenanceText Join(Run& run, const ProvenanceText& separator, const List& items);

}  // namespace rubato::jinja
