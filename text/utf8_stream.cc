#include "text/utf8_stream.h"

#include <cstddef>

#include "common/utf8.h"

namespace rubato {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Start {
  size_t size;     // bytes that begin like a character; at least one
  bool may_go_on;  // the text ends within them
};

// How far `text`, which begins with no whole character, begins like one.
Start StartOfCharacter(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  size_t size = 1;
  for (; size < wanted && size < text.size(); ++size) {
    unsigned char lowest = 0x80, highest = 0xBF;
    if (size == 1) {  // these bounds keep out long forms, surrogates and what is beyond U+10FFFF
      if (lead == 0xE0) lowest = 0xA0;
      if (lead == 0xED) highest = 0x9F;
      if (lead == 0xF0) lowest = 0x90;
      if (lead == 0xF4) highest = 0x8F;
    }
    if (byte(size) < lowest || byte(size) > highest) return {size, false};
  }
  return {size, true};
}

}  // namespace

void Utf8Stream::Feed(std::string_view bytes, std::string* text) {
  std::string joined;
  if (!begun_.empty()) {
    joined = begun_;
    joined += bytes;
    bytes = joined;
    begun_.clear();
  }
  size_t good = 0;  // bytes from the front that are characters
  while (good < bytes.size()) {
    if (const size_t size = FirstUtf8Character(bytes.substr(good)).size; size > 0) {
      good += size;
      continue;
    }
    text->append(bytes.substr(0, good));
    bytes.remove_prefix(good);
    good = 0;
    const Start start = StartOfCharacter(bytes);
    if (start.may_go_on) {
      begun_ = bytes;
      return;
    }
    text->append(kReplacement);
    bytes.remove_prefix(start.size);
  }
  text->append(bytes);
}

void Utf8Stream::Finish(std::string* text) {
  if (!begun_.empty()) text->append(kReplacement);
  begun_.clear();
}

}  // namespace rubato
