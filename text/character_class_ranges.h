// The data behind character_class.h.

#pragma once

#include <cstdint>
#include <span>

namespace rubato {

struct CharacterClassRange {
  uint32_t first, last;  // code points, both included
  uint8_t classes;
};

// Ascending and disjoint; what is in none has no class.
std::span<const CharacterClassRange> CharacterClassRanges();

}  // namespace rubato
