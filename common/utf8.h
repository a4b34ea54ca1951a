// UTF-8, strictly: shortest forms only, no surrogates, nothing beyond U+10FFFF.  Pure functions.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rubato {

struct Utf8Character {
  uint32_t code_point = 0;
  size_t size = 0;  // in bytes; 0: the text does not begin with a character
};

// The character that `text` begins with.
Utf8Character FirstUtf8Character(std::string_view text);

bool IsUtf8(std::string_view text);

}  // namespace rubato
