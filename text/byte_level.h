// Bytes as characters that can be seen, the alphabet of byte-level vocabularies: a space is U+0120, and every
// other byte has one character, too (as in OpenAI's GPT-2, whose table this is). Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace rubato {

// Whether the bytes stand for themselves, all of them.
bool IsByteLevelAlready(std::string_view bytes);

// Appends the characters of `bytes`.
void AppendByteLevel(std::string_view bytes, std::string* text);

// Appends the bytes that the characters of `token` (valid UTF-8) stand for; a token with another character is
// appended as it is.
void AppendBytesOf(std::string_view token, std::string* bytes);

}  // namespace rubato
