// UTF-8, as far as tokenizing needs it. Pure functions.

#pragma once

#include <cstddef>
#include <string_view>

namespace rubato {

// Bytes of the character that begins at `at`: 1 to 4, or 0 if none does (a stray or cut byte, a surrogate, an
// overlong form, more than U+10FFFF).
size_t Utf8CharacterBytes(std::string_view text, size_t at);

// Offset of the first byte that is not part of a character, or text.size() if there is none.
size_t FindInvalidUtf8(std::string_view text);

}  // namespace rubato
