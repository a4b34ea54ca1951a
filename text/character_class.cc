#include "text/character_class.h"

#include <algorithm>
#include <vector>

#include "text/character_class_ranges.h"

namespace rubato {
namespace {

constexpr uint32_t kCodePoints = 0x110000;

std::vector<uint8_t> Expand() {
  std::vector<uint8_t> classes(kCodePoints, 0);
  for (const CharacterClassRange& range : CharacterClassRanges()) {
    std::fill(classes.begin() + range.first, classes.begin() + range.last + 1, range.classes);
  }
  return classes;
}

}  // namespace

const uint8_t* CharacterClasses() {
  static const std::vector<uint8_t>& classes = *new std::vector<uint8_t>(Expand());
  return classes.data();
}

}  // namespace rubato
