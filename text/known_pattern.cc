#include "text/known_pattern.h"

#include <cstddef>
#include <cstdint>

#include "text/character_class.h"

namespace rubato {
namespace {

constexpr std::string_view kGpt2Regex =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2Regex =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr uint8_t kAnyClass = kLetterClass | kNumberClass | kSpaceClass;

bool IsNewline(char byte) { return byte == '\r' || byte == '\n'; }

// Looks at the characters of one text.
class Scanner {
 public:
  explicit Scanner(std::string_view text)
      : text_(reinterpret_cast<const unsigned char*>(text.data())),
        size_(text.size()),
        table_(CharacterClasses()) {}

  size_t size() const { return size_; }
  char ByteAt(size_t at) const { return at < size_ ? static_cast<char>(text_[at]) : '\0'; }

  // Of the character that begins at `at`: letter, number, space or nothing of these.
  uint8_t ClassAt(size_t at) const {
    const unsigned char lead = text_[at];
    return (lead < 0x80 ? table_[lead] : table_[CodePointAt(at)]) & kAnyClass;
  }
  size_t SizeAt(size_t at) const {
    const unsigned char lead = text_[at];
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  }
  size_t After(size_t at) const { return at + SizeAt(at); }

  // Behind the characters of exactly this class that begin at `at`.
  size_t SkipClass(size_t at, uint8_t wanted) const {
    while (at < size_ && ClassAt(at) == wanted) at = After(at);
    return at;
  }

 private:
  uint32_t CodePointAt(size_t at) const {
    const unsigned char* p = text_ + at;
    if (p[0] < 0xE0) return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    if (p[0] < 0xF0) return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
  }

  const unsigned char* text_;
  size_t size_;
  const uint8_t* table_;
};

char Lower(char byte, bool fold) {
  return fold && byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

// The end of 's, 't, 're, 've, 'm, 'll or 'd at `at`; `at` if there is none. With `fold` in any case, where
// U+017F, the long s, is an s, too.
size_t EndOfContraction(const Scanner& text, size_t at, bool fold) {
  if (text.ByteAt(at) != '\'') return at;
  const char first = Lower(text.ByteAt(at + 1), fold), second = Lower(text.ByteAt(at + 2), fold);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  if ((first == 'r' || first == 'v') && second == 'e') return at + 3;
  if (first == 'l' && second == 'l') return at + 3;
  if (fold && first == '\xC5' && second == '\xBF') return at + 3;
  return at;
}

// \s+(?!\S)|\s+ : a run of spaces leaves its last one to what follows, unless it is alone or nothing follows.
size_t EndOfSpaces(const Scanner& text, size_t at) {
  size_t end = at, last = at;
  while (end < text.size() && text.ClassAt(end) == kSpaceClass) {
    last = end;
    end = text.After(end);
  }
  return end == text.size() || last == at ? end : last;
}

size_t EndOfGpt2Match(const Scanner& text, size_t at) {
  if (const size_t end = EndOfContraction(text, at, /*fold=*/false); end > at) return end;
  const size_t word = text.ByteAt(at) == ' ' ? at + 1 : at;
  if (word == text.size() || text.ClassAt(word) == kSpaceClass) return EndOfSpaces(text, at);
  return text.SkipClass(word, text.ClassAt(word));
}

// Behind the last newline of the run of spaces at `at`; `at` if there is none.
size_t EndOfNewlines(const Scanner& text, size_t at) {
  size_t behind = at;
  while (at < text.size() && text.ClassAt(at) == kSpaceClass) {
    const bool newline = IsNewline(text.ByteAt(at));
    at = text.After(at);
    if (newline) behind = at;
  }
  return behind;
}

size_t EndOfNumber(const Scanner& text, size_t at, int most_digits) {
  for (int i = 0; i < most_digits && at < text.size() && text.ClassAt(at) == kNumberClass; ++i) {
    at = text.After(at);
  }
  return at;
}

// The patterns of Llama 3 and Qwen2 differ in `most_digits` alone.
size_t EndOfLlama3Match(const Scanner& text, size_t at, int most_digits) {
  if (const size_t end = EndOfContraction(text, at, /*fold=*/true); end > at) return end;
  const uint8_t first = text.ClassAt(at);
  if (first == kLetterClass) return text.SkipClass(at, kLetterClass);
  if (first == kNumberClass) return EndOfNumber(text, at, most_digits);
  const size_t next = text.After(at);
  const uint8_t second = next < text.size() ? text.ClassAt(next) : uint8_t{kSpaceClass};
  if (second == kLetterClass && !IsNewline(text.ByteAt(at))) return text.SkipClass(next, kLetterClass);
  if (first == 0 || (text.ByteAt(at) == ' ' && second == 0)) {
    size_t end = text.SkipClass(first == 0 ? at : next, 0);
    while (IsNewline(text.ByteAt(end))) ++end;
    return end;
  }
  if (const size_t end = EndOfNewlines(text, at); end > at) return end;
  return EndOfSpaces(text, at);
}

template <typename EndOfMatch>
void AppendAll(std::string_view text, EndOfMatch end_of_match, std::vector<std::string_view>* matches) {
  const Scanner scanner(text);
  for (size_t at = 0; at < text.size();) {
    const size_t end = end_of_match(scanner, at);
    matches->push_back(text.substr(at, end - at));
    at = end;
  }
}

}  // namespace

std::optional<KnownPattern> RecognisePattern(std::string_view regex) {
  for (const KnownPattern pattern : {KnownPattern::kGpt2, KnownPattern::kLlama3, KnownPattern::kQwen2}) {
    if (RegexOf(pattern) == regex) return pattern;
  }
  return std::nullopt;
}

std::string_view RegexOf(KnownPattern pattern) {
  switch (pattern) {
    case KnownPattern::kGpt2:
      return kGpt2Regex;
    case KnownPattern::kLlama3:
      return kLlama3Regex;
    case KnownPattern::kQwen2:
      break;
  }
  return kQwen2Regex;
}

void AppendMatches(KnownPattern pattern, std::string_view text, std::vector<std::string_view>* matches) {
  switch (pattern) {
    case KnownPattern::kGpt2:
      return AppendAll(text, EndOfGpt2Match, matches);
    case KnownPattern::kLlama3:
      return AppendAll(
          text, [](const Scanner& s, size_t at) { return EndOfLlama3Match(s, at, 3); }, matches);
    case KnownPattern::kQwen2:
      return AppendAll(
          text, [](const Scanner& s, size_t at) { return EndOfLlama3Match(s, at, 1); }, matches);
  }
}

}  // namespace rubato
