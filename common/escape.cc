#include "common/escape.h"

#include <cstdint>
#include <cstdio>

namespace rubato {
namespace {

struct Character {
  uint32_t code_point = 0;
  size_t size = 0;  // 0: the bytes are not UTF-8
};

// The character that `text` begins with; shortest forms only, no surrogates, at most U+10FFFF.
Character FirstCharacter(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  uint32_t code_point = lead & (0xFF >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = code_point << 6 | (byte(i) & 0x3F);
  }
  static constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code_point >= 0xD800 && code_point < 0xE000;
  if (code_point < kSmallest[size] || code_point > 0x10FFFF || is_surrogate) return {};
  return {code_point, size};
}

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
    const Character c = FirstCharacter(text);
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
