// Classes of code points, as the regular expressions of `tokenizers` see them.
//
// That library has two engines, whose tables differ: Oniguruma for the patterns of tokenizer.json, Rust's own
// for what is built in. character_class_ranges.cc holds what they answer for every code point; its head says
// which version and how to make it again. Pure functions.

#pragma once

#include <cstdint>

namespace rubato {

enum CharacterClass : uint8_t {
  kLetterClass = 1,    // \p{L} of a pattern
  kNumberClass = 2,    // \p{N} of a pattern
  kSpaceClass = 4,     // \s of both, White_Space
  kWordClass = 8,      // \w of Whitespace and of `single_word`
  kNumericClass = 16,  // what Digits cuts out
  kJoinsClass = 32,    // NFC may change it or join it to the character before
};

// The classes of each code point up to U+10FFFF, or-ed together. Made at the first call.
const uint8_t* CharacterClasses();

inline uint8_t ClassesOf(uint32_t code_point) { return CharacterClasses()[code_point]; }

}  // namespace rubato
