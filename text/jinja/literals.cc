#include "text/jinja/literals.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

// Digits of `base`, single underscores between them; `leading`: one may come first.
size_t DigitRun(std::string_view source, int base, bool leading) {
  size_t at = 0;
  while (at < source.size()) {
    const bool skips = source[at] == '_' && (at > 0 || leading);
    const size_t digit = at + (skips ? 1 : 0);
    if (digit >= source.size() || DigitOf(source[digit]) >= base) break;
    at = digit + 1;
  }
  return at;
}

std::string Without(std::string_view text, char unwanted) {
  std::string kept(text);
  kept.erase(std::remove(kept.begin(), kept.end(), unwanted), kept.end());
  return kept;
}

// (\d+_)*\d+ and then an exponent, a fraction, or both; 0: no float.
size_t FloatSize(std::string_view source) {
  const size_t whole = DigitRun(source, 10, false);
  if (whole == 0) return 0;
  size_t end = whole;
  if (end < source.size() && source[end] == '.') {
    const size_t fraction = DigitRun(source.substr(end + 1), 10, false);
    if (fraction > 0) end += 1 + fraction;
  }
  size_t exponent = end;
  if (exponent < source.size() && (source[exponent] == 'e' || source[exponent] == 'E')) {
    ++exponent;
    if (exponent < source.size() && (source[exponent] == '+' || source[exponent] == '-')) ++exponent;
    const size_t digits = DigitRun(source.substr(exponent), 10, false);
    if (digits > 0) return exponent + digits;
  }
  return end == whole ? 0 : end;
}

size_t IntegerSize(std::string_view source, int* base) {
  *base = 10;
  if (source.empty() || source[0] < '0' || source[0] > '9') return 0;
  if (source[0] != '0') return DigitRun(source, 10, false);
  if (source.size() > 1) {
    const char mark = static_cast<char>(source[1] | 0x20);
    const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    const size_t digits = marked == 0 ? 0 : DigitRun(source.substr(2), marked, true);
    if (digits > 0) {
      *base = marked;
      return 2 + digits;
    }
  }
  return DigitRun(source, 1, false);
}

// Appends what the escape at the beginning of `rest` (after its backslash) stands for; its size, or 0 for an
// error.
size_t ResolveEscape(std::string_view rest, std::string* text) {
  const auto hex = [&](size_t digits) -> size_t {
    if (rest.size() < 1 + digits) return 0;
    uint32_t value = 0;
    for (size_t i = 1; i <= digits; ++i) {
      if (DigitOf(rest[i]) >= 16) return 0;
      value = 16 * value + static_cast<uint32_t>(DigitOf(rest[i]));
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0;
    AppendCharacter(value, text);
    return 1 + digits;
  };
  constexpr std::string_view kLetters = "\\'\"abfnrtv", kMeanings = "\\'\"\a\b\f\n\r\t\v";
  const char letter = rest[0];
  if (const size_t i = kLetters.find(letter); i != std::string_view::npos) return *text += kMeanings[i], 1;
  if (letter == '\n') return 1;
  if (letter == 'x') return hex(2);
  if (letter == 'u') return hex(4);
  if (letter == 'U') return hex(8);
  if (letter == 'N') return 0;
  if (letter >= '0' && letter <= '7') {
    uint32_t value = 0;
    size_t size = 0;
    while (size < 3 && size < rest.size() && rest[size] >= '0' && rest[size] <= '7') {
      value = 8 * value + static_cast<uint32_t>(rest[size++] - '0');
    }
    AppendCharacter(value, text);
    return size;
  }
  *text += '\\';
  if ((letter & 0x80) == 0) return *text += letter, 1;
  // Jinja writes the character as an escape of its own first, whose backslash then is the one escaped.
  size_t size;
  const uint32_t character = CharacterAt(rest, 0, &size);
  const int digits = character < 0x100 ? 2 : character < 0x10000 ? 4 : 8;
  *text += digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    *text += "0123456789abcdef"[character >> shift & 0xF];
  return size;
}

// Without white space around it, decimal digits of any script as ASCII ones.
std::string PlainNumber(std::string_view text) {
  std::string plain;
  for (size_t at = 0, size; at < text.size(); at += size) {
    const uint32_t character = CharacterAt(text, at, &size);
    const int digit = character < 0x80 ? -1 : DecimalValue(character);
    if (digit >= 0) {
      plain += static_cast<char>('0' + digit);
    } else if (IsSpace(character)) {
      plain += ' ';
    } else {
      plain += text.substr(at, size);
    }
  }
  const size_t begin = plain.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return plain.substr(begin, plain.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

NumberLiteral FindNumber(std::string_view source, bool is_after_dot) {
  NumberLiteral literal;
  if (const size_t size = is_after_dot ? 0 : FloatSize(source); size > 0) {
    literal.size = size;
    literal.value = Value::Of(std::strtod(Without(source.substr(0, size), '_').c_str(), nullptr));
    return literal;
  }
  int base = 10;
  literal.size = IntegerSize(source, &base);
  if (literal.size == 0) return literal;
  int64_t value = 0;
  for (const char c : Without(source.substr(base == 10 ? 0 : 2, literal.size - (base == 10 ? 0 : 2)), '_')) {
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, DigitOf(c), &value)) {
      literal.error = "whole numbers beyond 64 bits are not supported";
      return literal;
    }
  }
  literal.value = Value::Of(value);
  return literal;
}

size_t FindName(std::string_view source) {
  size_t at = 0;
  for (size_t size; at < source.size(); at += size) {
    const uint32_t c = CharacterAt(source, at, &size);
    if (c != '_' && !IsLetter(c) && !IsDecimal(c)) break;
  }
  return at;
}

std::string Unescape(std::string_view literal, std::string* text) {
  for (size_t at = 0; at < literal.size();) {
    const size_t backslash = std::min(literal.find('\\', at), literal.size());
    *text += literal.substr(at, backslash - at);
    at = backslash + 1;
    if (backslash == literal.size()) break;
    const size_t size = ResolveEscape(literal.substr(at), text);
    if (size == 0) return "a text has an escape that is malformed, of a lone surrogate, or by name";
    at += size;
  }
  return "";
}

std::optional<int64_t> ParseInteger(std::string_view given, int base, bool* is_too_large) {
  *is_too_large = false;
  const std::string plain = PlainNumber(given);
  std::string_view text = plain;
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  bool has_prefix = false;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    if (marked != 0 && (base == marked || base == 0)) {
      base = marked;
      text.remove_prefix(2);
      has_prefix = true;
    } else if (base == 0 && text.find_first_not_of("0_") != std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (base == 0) base = 10;
  if (text.empty() || base < 2 || base > 36 || DigitRun(text, base, has_prefix) != text.size())
    return std::nullopt;
  int64_t value = 0;
  for (const char c : Without(text, '_')) {
    const int digit = is_negative ? -DigitOf(c) : DigitOf(c);
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value)) {
      *is_too_large = true;
      return std::nullopt;
    }
  }
  return value;
}

std::optional<double> ParseFloat(std::string_view given) {
  const std::string plain = PlainNumber(given);
  std::string_view text = plain;
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  double value;
  if (lower == "inf" || lower == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (lower == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    // digits, fraction and exponent, one of the first two at least
    const size_t whole = DigitRun(text, 10, false);
    size_t end = whole, fraction = 0;
    if (end < text.size() && text[end] == '.') {
      fraction = DigitRun(text.substr(end + 1), 10, false);
      end += 1 + fraction;
    }
    if (whole + fraction == 0) return std::nullopt;
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
      ++end;
      if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
      const size_t digits = DigitRun(text.substr(end), 10, false);
      if (digits == 0) return std::nullopt;
      end += digits;
    }
    if (end != text.size()) return std::nullopt;
    value = std::strtod(Without(text, '_').c_str(), nullptr);
  }
  return is_negative ? -value : value;
}

}  // namespace rubato::jinja
