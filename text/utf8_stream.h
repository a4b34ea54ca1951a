// Bytes to text as they come: a character is written when its last byte is there, never half of it.
//
// What cannot become a character is written as U+FFFD, one for each longest piece that begins like a
// character (as the Unicode standard recommends and `tokenizers` does). A value, not thread-safe.

#pragma once

#include <string>
#include <string_view>

namespace rubato {

class Utf8Stream {
 public:
  // Appends to `text` what `bytes` complete.
  void Feed(std::string_view bytes, std::string* text);
  // Appends U+FFFD for a character that was begun and not ended.
  void Finish(std::string* text);

 private:
  std::string begun_;  // the beginning of one character, at most three bytes
};

}  // namespace rubato
