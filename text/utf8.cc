#include "text/utf8.h"

#include <cstdint>

namespace rubato {
namespace {

// Smallest code point that needs `bytes` bytes: anything less is an overlong form.
constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

size_t BytesOfLead(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

}  // namespace

size_t Utf8CharacterBytes(std::string_view text, size_t at) {
  if (at >= text.size()) return 0;
  const uint8_t lead = text[at];
  const size_t bytes = BytesOfLead(lead);
  if (bytes <= 1) return bytes;
  if (at + bytes > text.size()) return 0;
  uint32_t code_point = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const uint8_t next = text[at + i];
    if ((next & 0xC0) != 0x80) return 0;
    code_point = code_point << 6 | (next & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return code_point < kSmallest[bytes] || code_point > 0x10FFFF || surrogate ? 0 : bytes;
}

size_t FindInvalidUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t bytes = Utf8CharacterBytes(text, at);
    if (bytes == 0) break;
    at += bytes;
  }
  return at;
}

}  // namespace rubato
