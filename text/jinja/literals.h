// The literals of a template: names, numbers, texts.  Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "text/jinja/value.h"

namespace rubato::jinja {

struct NumberLiteral {
  size_t size = 0;  // of the source; 0: it does not begin with a number
  Value value;
  std::string error;  // why it cannot be used
};
NumberLiteral FindNumber(std::string_view source, bool is_after_dot);

// The size of the name that `source` begins with; 0: there is none.
size_t FindName(std::string_view source);

// What stands between the quotes of a literal, with Python's escapes resolved.  The result is empty, or what
// is wrong.
std::string Unescape(std::string_view literal, std::string* text);

// Python's int(text, base) and float(text): nothing for what they refuse.
std::optional<int64_t> ParseInteger(std::string_view text, int base, bool* is_too_large);
std::optional<double> ParseFloat(std::string_view text);

}  // namespace rubato::jinja
