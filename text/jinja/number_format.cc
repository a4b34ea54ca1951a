#include "text/jinja/number_format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "common/concat.h"

namespace rubato::jinja {

std::string IntegerDigits(int64_t value, char type) {
  const unsigned base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
  const char* const letters = type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  uint64_t rest = value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits;
  do {
    digits += letters[rest % base];
    rest /= base;
  } while (rest != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string FloatDigits(double value, const FieldStyle& style) {
  const double size = std::fabs(value);
  const bool is_upper = style.type == 'E' || style.type == 'F' || style.type == 'G';
  if (!std::isfinite(size)) return std::isnan(size) ? (is_upper ? "NAN" : "nan") : (is_upper ? "INF" : "inf");
  const std::string format = Concat(style.alternate ? "%#.*" : "%.*", std::string(1, style.type));
  const int precision = static_cast<int>(style.precision < 0 ? 6 : style.precision);
  std::string digits(static_cast<size_t>(std::snprintf(nullptr, 0, format.c_str(), precision, size)) + 1,
                     '\0');
  digits.resize(
      static_cast<size_t>(std::snprintf(digits.data(), digits.size(), format.c_str(), precision, size)));
  return digits;
}

std::string_view SignOf(bool is_negative, const FieldStyle& style) {
  if (is_negative) return "-";
  return style.sign == '-' ? "" : style.sign == '+' ? "+" : " ";
}

std::string Grouped(std::string_view digits) {
  const size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  std::string text;
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text + std::string(digits.substr(whole));
}

std::string PadNumber(std::string_view sign, std::string_view prefix, std::string_view digits,
                      const FieldStyle& style) {
  const auto size = static_cast<int64_t>(sign.size() + prefix.size() + digits.size());
  const int64_t missing = std::max<int64_t>(style.width - size, 0);
  const char align = style.has_align ? style.align : '>';
  const int64_t left = align == '^' ? missing / 2 : align == '<' ? 0 : missing;
  std::string before, after;
  for (int64_t i = 0; i < left; ++i) before += style.fill;
  for (int64_t i = left; i < missing; ++i) after += style.fill;
  return align == '=' ? Concat(sign, prefix, before, digits) : Concat(before, sign, prefix, digits, after);
}

ProvenanceText PadText(const ProvenanceText& given, const FieldStyle& style) {
  ProvenanceText text = given;
  const auto size = static_cast<int64_t>(CharacterCount(text.bytes()));
  int64_t kept = size;
  if (style.precision >= 0 && style.precision < size) {
    kept = style.precision;
    text = given.Slice(0, CharacterStarts(given.bytes())[kept]);
  }
  const int64_t missing = std::max<int64_t>(style.width - kept, 0);
  const int64_t left = style.align == '>' ? missing : style.align == '^' ? missing / 2 : 0;
  ProvenanceText padded;
  for (int64_t i = 0; i < left; ++i) padded.AppendTrusted(style.fill);
  padded.Append(text);
  for (int64_t i = left; i < missing; ++i) padded.AppendTrusted(style.fill);
  return padded;
}

}  // namespace rubato::jinja
