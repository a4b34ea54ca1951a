#include "text/jinja/python_text.h"

#include <charconv>
#include <cmath>

#include "common/concat.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

void AppendHex(uint32_t value, int digits, std::string* text) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    *text += "0123456789abcdef"[value >> shift & 0xF];
}

std::string ReprCharacter(uint32_t character, char quote) {
  if (character == '\\' || character == static_cast<unsigned char>(quote)) {
    return {'\\', static_cast<char>(character)};
  }
  if (character == '\n') return "\\n";
  if (character == '\r') return "\\r";
  if (character == '\t') return "\\t";
  std::string text;
  if (IsPrintable(character)) {
    AppendCharacter(character, &text);
  } else {
    const int digits = character < 0x100 ? 2 : character < 0x10000 ? 4 : 8;
    text = {'\\', digits == 2 ? 'x' : digits == 4 ? 'u' : 'U'};
    AppendHex(character, digits, &text);
  }
  return text;
}

ProvenanceText ReprText(const ProvenanceText& text) {
  const std::string& bytes = text.bytes();
  const bool has_single = bytes.find('\'') != std::string::npos;
  const char quote = has_single && bytes.find('"') == std::string::npos ? '"' : '\'';
  ProvenanceText repr(std::string(1, quote));
  for (size_t at = 0, size; at < bytes.size(); at += size) {
    repr.Append(ReprCharacter(CharacterAt(bytes, at, &size), quote), text.IsContent(at));
  }
  repr.AppendTrusted(std::string_view(&quote, 1));
  return repr;
}

ProvenanceText ReprItems(Run& run, const List& items, std::string_view open, std::string_view close) {
  ProvenanceText text{std::string(open)};
  for (size_t i = 0; i < items.size() && run.Spend() && run.Fits(text.size()); ++i) {
    if (i > 0) text.AppendTrusted(", ");
    text.Append(Repr(run, items[i]));
  }
  text.AppendTrusted(close);
  return text;
}

ProvenanceText ReprDict(Run& run, const Dict& dict) {
  ProvenanceText text("{");
  bool is_first = true;
  for (const auto& [key, value] : dict.entries()) {
    if (!run.Spend() || !run.Fits(text.size())) break;
    if (!is_first) text.AppendTrusted(", ");
    is_first = false;
    text.Append(Repr(run, key));
    text.AppendTrusted(": ");
    text.Append(Repr(run, value));
  }
  text.AppendTrusted("}");
  return text;
}

ProvenanceText ReprSpace(Run& run, const Namespace& space) {
  // Namespaces may hold one another.
  if (!run.EnterCall()) return {};
  ProvenanceText text("<Namespace ");
  text.Append(ReprDict(run, space.attributes));
  text.AppendTrusted(">");
  run.LeaveCall();
  return text;
}

std::string ReprRange(const Range& range) {
  return range.step == 1 ? Concat("range(", range.start, ", ", range.stop, ")")
                         : Concat("range(", range.start, ", ", range.stop, ", ", range.step, ")");
}

}  // namespace

std::string FloatText(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::scientific).ptr;
  const std::string_view scientific(digits, end - digits);
  const size_t e = scientific.find('e');
  int exponent = 0;
  std::from_chars(scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1), end, exponent);
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  char fixed[64];
  const auto fixed_end = std::to_chars(fixed, fixed + sizeof(fixed), value, std::chars_format::fixed).ptr;
  std::string text(fixed, fixed_end);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

ProvenanceText Str(Run& run, const Value& value) {
  if (value.Is(Type::kUndefined) || value.Is(Type::kMissing)) return {};
  if (value.Is(Type::kText)) return value.text();
  return Repr(run, value);
}

ProvenanceText Repr(Run& run, const Value& value) {
  if (run.failed()) return {};
  switch (value.type()) {
    case Type::kMissing:
    case Type::kUndefined:
      return ProvenanceText("Undefined");
    case Type::kNone:
      return ProvenanceText("None");
    case Type::kBool:
      return ProvenanceText(value.boolean() ? "True" : "False");
    case Type::kInt:
      return ProvenanceText(Concat(value.integer()));
    case Type::kFloat:
      return ProvenanceText(FloatText(value.number()));
    case Type::kText: {
      ProvenanceText text(value.is_markup() ? "Markup(" : "");
      text.Append(ReprText(value.text()));
      if (value.is_markup()) text.AppendTrusted(")");
      return text;
    }
    case Type::kList:
      return ReprItems(run, value.items(), "[", "]");
    case Type::kTuple:
      return ReprItems(run, value.items(), "(", value.items().size() == 1 ? ",)" : ")");
    case Type::kDict:
      return ReprDict(run, value.dict());
    case Type::kRange:
      return ProvenanceText(ReprRange(value.range()));
    case Type::kView:
      return ReprItems(run, value.view().ToList(), Concat(value.TypeName(), "(["), "])");
    case Type::kNamespace:
      return ReprSpace(run, value.space());
    case Type::kCallable:
      if (!value.callable().repr.empty()) return ProvenanceText(value.callable().repr);
      break;
    case Type::kIterator:
    case Type::kLoop:
      break;
  }
  run.Fail(Concat("a ", value.TypeName(), " cannot be written as text"));
  return {};
}

}  // namespace rubato::jinja
