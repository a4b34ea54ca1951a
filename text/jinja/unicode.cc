#include "text/jinja/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>

#include "text/jinja/provenance_text.h"

namespace rubato::jinja {
namespace {

struct Span {
  uint32_t first, last;
};

template <size_t n>
bool IsIn(uint32_t code_point, const Span (&spans)[n]) {
  const Span* const span = std::lower_bound(std::begin(spans), std::end(spans), code_point,
                                            [](const Span& span, uint32_t c) { return span.last < c; });
  return span != std::end(spans) && span->first <= code_point;
}

// Lower case, yet not of category Ll; and the same for upper case.
constexpr Span kOtherLower[] = {
    {0xAA, 0xAA},       {0xBA, 0xBA},       {0x2B0, 0x2B8},     {0x2C0, 0x2C1},     {0x2E0, 0x2E4},
    {0x345, 0x345},     {0x37A, 0x37A},     {0x1D2C, 0x1D6A},   {0x1D78, 0x1D78},   {0x1D9B, 0x1DBF},
    {0x2071, 0x2071},   {0x207F, 0x207F},   {0x2090, 0x209C},   {0x2170, 0x217F},   {0x24D0, 0x24E9},
    {0x2C7C, 0x2C7D},   {0xA69C, 0xA69D},   {0xA770, 0xA770},   {0xA7F8, 0xA7F9},   {0xAB5C, 0xAB5F},
    {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA},
};
constexpr Span kOtherUpper[] = {
    {0x2160, 0x216F}, {0x24B6, 0x24CF}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189},
};
// Digits that are not decimal: superscripts, circled ones and the like.
constexpr Span kOtherDigits[] = {
    {0xB2, 0xB3},     {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},   {0x2070, 0x2070},
    {0x2074, 0x2079}, {0x2080, 0x2089},   {0x2460, 0x2468},   {0x2474, 0x247C},   {0x2488, 0x2490},
    {0x24EA, 0x24EA}, {0x24F5, 0x24FD},   {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},
    {0x278A, 0x2792}, {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A},
};

struct SpecialCasing {
  uint32_t code_point;
  const char* upper;
  const char* title;
};
constexpr SpecialCasing kSpecialCasings[] = {
#include "text/jinja/special_casing.inc"
};

const SpecialCasing* FindSpecial(uint32_t code_point) {
  const SpecialCasing* const found =
      std::lower_bound(std::begin(kSpecialCasings), std::end(kSpecialCasings), code_point,
                       [](const SpecialCasing& casing, uint32_t c) { return casing.code_point < c; });
  return found != std::end(kSpecialCasings) && found->code_point == code_point ? found : nullptr;
}

utf8proc_category_t CategoryOf(uint32_t code_point) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

std::string Encoded(int32_t code_point) {
  std::string text;
  AppendCharacter(static_cast<uint32_t>(code_point), &text);
  return text;
}

bool IsCased(uint32_t code_point) {
  return IsUpper(code_point) || IsLower(code_point) || IsTitle(code_point);
}

bool IsCaseIgnorable(uint32_t code_point) {
  constexpr std::u32string_view kMidWord =
      U"'.:^`"
      U"\u00A8\u00AD\u00AF\u00B4\u00B7\u00B8\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55"
      U"\uFF07\uFF0E"
      U"\uFF1A";
  if (kMidWord.find(static_cast<char32_t>(code_point)) != std::u32string_view::npos) return true;
  switch (CategoryOf(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return false;
  }
}

// Whether the sigma at `at` ends a word: a cased character before it, none after it.
bool IsFinalSigma(std::string_view text, size_t at) {
  constexpr size_t kSigmaSize = 2;
  bool is_after_cased = false;
  for (size_t i = at; i-- > 0;) {
    if ((text[i] & 0xC0) == 0x80) continue;
    size_t size;
    const uint32_t before = CharacterAt(text, i, &size);
    if (IsCaseIgnorable(before)) continue;
    is_after_cased = IsCased(before);
    break;
  }
  if (!is_after_cased) return false;
  for (size_t i = at + kSigmaSize, size; i < text.size(); i += size) {
    const uint32_t after = CharacterAt(text, i, &size);
    if (!IsCaseIgnorable(after)) return !IsCased(after);
  }
  return true;
}

}  // namespace

bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsLineEnd(uint32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool IsPrintable(uint32_t code_point) {
  if (code_point < 0x7F) return code_point >= 0x20;
  switch (CategoryOf(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return true;
  }
}

bool IsLetter(uint32_t code_point) {
  switch (CategoryOf(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool IsDecimal(uint32_t code_point) { return CategoryOf(code_point) == UTF8PROC_CATEGORY_ND; }
bool IsDigit(uint32_t code_point) { return IsDecimal(code_point) || IsIn(code_point, kOtherDigits); }
bool IsUpper(uint32_t code_point) {
  return CategoryOf(code_point) == UTF8PROC_CATEGORY_LU || IsIn(code_point, kOtherUpper);
}
bool IsLower(uint32_t code_point) {
  return CategoryOf(code_point) == UTF8PROC_CATEGORY_LL || IsIn(code_point, kOtherLower);
}
bool IsTitle(uint32_t code_point) { return CategoryOf(code_point) == UTF8PROC_CATEGORY_LT; }

int DecimalValue(uint32_t code_point) {
  if (!IsDecimal(code_point)) return -1;
  // Decimal digits stand in runs of ten, zero first; runs may follow one another.
  uint32_t zero = code_point;
  while (zero > 0 && IsDecimal(zero - 1)) --zero;
  return static_cast<int>((code_point - zero) % 10);
}

std::string ToUpper(uint32_t code_point) {
  if (const SpecialCasing* special = FindSpecial(code_point)) return special->upper;
  return Encoded(utf8proc_toupper(static_cast<utf8proc_int32_t>(code_point)));
}

std::string ToTitle(uint32_t code_point) {
  if (const SpecialCasing* special = FindSpecial(code_point)) return special->title;
  return Encoded(utf8proc_totitle(static_cast<utf8proc_int32_t>(code_point)));
}

std::string ToLower(std::string_view text, size_t at) {
  size_t size;
  const uint32_t code_point = CharacterAt(text, at, &size);
  if (code_point == 0x130) return "i\u0307";
  if (code_point == 0x3A3) return IsFinalSigma(text, at) ? "\u03C2" : "\u03C3";
  return Encoded(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point)));
}

size_t FindText(std::string_view text, std::string_view part, size_t from) {
  if (from > text.size()) return std::string_view::npos;
  const void* const found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace rubato::jinja
