// A range of bytes of a text, half open.  Plain value.

#pragma once

#include <cstddef>

namespace rubato {

struct TextRange {
  size_t begin = 0;
  size_t end = 0;  // one past the last byte

  size_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

}  // namespace rubato
