#include "common/escape.h"

#include <cstdint>
#include <cstdio>

#include "common/utf8.h"

namespace rubato {
namespace {

bool HidesOrReorders(uint32_t c) {
  return (c >= 0x80 && c < 0xA0) ||       // C1 controls
         c == 0xAD || c == 0x61C ||       // soft hyphen, Arabic letter mark
         (c >= 0x200B && c <= 0x200F) ||  // zero width, left-to-right and right-to-left marks
         (c >= 0x2028 && c <= 0x202E) ||  // separators, embeddings and overrides
         (c >= 0x2060 && c <= 0x206F) ||  // invisible operators, isolates
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::string Formatted(const char* format, uint32_t value) {
  char buffer[16];
  const int size = std::snprintf(buffer, sizeof(buffer), format, value);
  return std::string(buffer, size);
}

std::string EscapedAscii(uint32_t c) {
  switch (c) {
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c < 0x20 || c == 0x7F ? Formatted("\\x%02x", c) : std::string(1, static_cast<char>(c));
  }
}

}  // namespace

std::string EscapeForTerminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Character c = FirstUtf8Character(text);
    if (c.size == 0) {
      out += Formatted("\\x%02x", static_cast<unsigned char>(text[0]));
    } else if (c.size == 1) {
      out += EscapedAscii(c.code_point);
    } else if (HidesOrReorders(c.code_point)) {
      out += Formatted("\\u{%04X}", c.code_point);
    } else {
      out += text.substr(0, c.size);
    }
    text.remove_prefix(c.size == 0 ? 1 : c.size);
  }
  return out;
}

}  // namespace rubato
