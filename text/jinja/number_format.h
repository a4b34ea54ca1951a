// Numbers and texts laid out in a field, for `%` and `format`.  Pure functions.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/jinja/provenance_text.h"

namespace rubato::jinja {

// A value beyond which a width or precision is a mistake.
inline constexpr int64_t kMostWidth = 100'000;

struct FieldStyle {
  bool has_align = false;
  char align = '<';  // '<', '>', '^' or '=' (between sign and digits)
  std::string fill = " ";
  char sign = '-';  // '-', '+' or ' '
  bool alternate = false;
  bool has_grouping = false;  // of thousands by ','
  int64_t width = 0;
  int64_t precision = -1;  // -1: none given
  char type = 0;
};

// `digits` without a sign, of base 2, 8, 10 or 16 by type 'b', 'o', 'd', 'x' or 'X'.
std::string IntegerDigits(int64_t value, char type);
// As C's printf does 'e', 'f' and 'g', with "inf" and "nan".
std::string FloatDigits(double value, const FieldStyle& style);

// "-", or what the style wants before a number that is not negative.
std::string_view SignOf(bool is_negative, const FieldStyle& style);

// Puts thousands' commas into a run of decimal digits, up to a '.' if there is one.
std::string Grouped(std::string_view digits);

// Sign, prefix and digits to the field's width.
std::string PadNumber(std::string_view sign, std::string_view prefix, std::string_view digits,
                      const FieldStyle& style);
ProvenanceText PadText(const ProvenanceText& text, const FieldStyle& style);

}  // namespace rubato::jinja
