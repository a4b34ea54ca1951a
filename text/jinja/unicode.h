// What Python's `str` knows about characters: cases, classes, white space, line ends.
//
// Pure functions over code points.  The data is utf8proc's (Unicode 15.0) with Unicode's special casings.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rubato::jinja {

bool IsSpace(uint32_t code_point);      // str.isspace, and what strip() strips
bool IsLineEnd(uint32_t code_point);    // where splitlines() splits
bool IsPrintable(uint32_t code_point);  // what repr() writes as it stands
bool IsLetter(uint32_t code_point);     // str.isalpha
bool IsDecimal(uint32_t code_point);    // str.isdecimal
bool IsDigit(uint32_t code_point);      // decimals and superscripts
bool IsUpper(uint32_t code_point);
bool IsLower(uint32_t code_point);
bool IsTitle(uint32_t code_point);
// The value of a decimal digit of any script; -1: it is none.
int DecimalValue(uint32_t code_point);

// Where `part` begins in `text` at or after `from`, in time that grows with the sum of their lengths and not
// with the product as that of std::string_view::find does; npos: nowhere.
size_t FindText(std::string_view text, std::string_view part, size_t from = 0);

// One character in another case; more than one at times ("SS" of "ß").
std::string ToUpper(uint32_t code_point);
std::string ToTitle(uint32_t code_point);
// The character at `at` of `text`: a final sigma depends on its neighbours.
std::string ToLower(std::string_view text, size_t at);

}  // namespace rubato::jinja
