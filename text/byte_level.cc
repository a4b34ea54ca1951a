#include "text/byte_level.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/utf8.h"

namespace rubato {
namespace {

constexpr uint32_t kCharacters = 0x144;  // all are below

constexpr bool IsVisible(uint32_t byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct Tables {
  std::array<std::array<char, 2>, 256> characters = {};  // UTF-8; the second is 0 where there is one byte
  std::array<int16_t, kCharacters> bytes = {};           // -1: of no byte
};

constexpr Tables MakeTables() {
  Tables tables;
  for (int16_t& byte : tables.bytes) byte = -1;
  uint32_t next = 0x100;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const uint32_t character = IsVisible(byte) ? byte : next++;
    tables.bytes[character] = static_cast<int16_t>(byte);
    if (character < 0x80) {
      tables.characters[byte] = {static_cast<char>(character), 0};
    } else {
      tables.characters[byte] = {static_cast<char>(0xC0 | character >> 6),
                                 static_cast<char>(0x80 | (character & 0x3F))};
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

}  // namespace

bool IsByteLevelAlready(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte < '!' || byte > '~') return false;
  }
  return true;
}

void AppendByteLevel(std::string_view bytes, std::string* text) {
  const size_t before = text->size();
  text->resize(before + 2 * bytes.size());
  char* out = text->data() + before;
  for (const char byte : bytes) {
    const std::array<char, 2>& character = kTables.characters[static_cast<unsigned char>(byte)];
    *out++ = character[0];
    *out = character[1];
    out += character[1] != 0;
  }
  text->resize(static_cast<size_t>(out - text->data()));
}

void AppendBytesOf(std::string_view token, std::string* bytes) {
  const size_t before = bytes->size();
  for (size_t at = 0; at < token.size();) {
    const Utf8Character character = FirstUtf8Character(token.substr(at));
    const int16_t byte =
        character.code_point < kCharacters ? kTables.bytes[character.code_point] : int16_t{-1};
    if (byte < 0 || character.size == 0) {
      bytes->resize(before);
      bytes->append(token);
      return;
    }
    bytes->push_back(static_cast<char>(byte));
    at += character.size;
  }
}

}  // namespace rubato
