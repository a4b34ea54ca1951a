// json.dumps of Python, as the `tojson` of chat templates calls it.

#include <algorithm>
#include <cmath>

#include "common/concat.h"
#include "text/jinja/operators.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {
namespace {

void AppendEscape(uint32_t unit, std::string* text) {
  *text += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) *text += "0123456789abcdef"[unit >> shift & 0xF];
}

std::string EscapedCharacter(uint32_t character, bool ensure_ascii) {
  switch (character) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\f':
      return "\\f";
    case '\b':
      return "\\b";
    default:
      break;
  }
  std::string text;
  if (character >= 0x10000 && ensure_ascii) {
    AppendEscape(0xD800 + ((character - 0x10000) >> 10), &text);
    AppendEscape(0xDC00 + ((character - 0x10000) & 0x3FF), &text);
  } else if (character < 0x20 || (ensure_ascii && character >= 0x7F)) {
    AppendEscape(character, &text);
  } else {
    AppendCharacter(character, &text);
  }
  return text;
}

class Writer {
 public:
  Writer(Run& run, const JsonStyle& style) : run_(run), style_(style) {}

  void Write(const Value& value, int level) {
    if (!run_.Spend() || !run_.Fits(text_.size())) return;
    switch (value.type()) {
      case Type::kText:
        return WriteText(value.text());
      case Type::kNone:
        return text_.AppendTrusted("null");
      case Type::kBool:
        return text_.AppendTrusted(value.boolean() ? "true" : "false");
      case Type::kInt:
        return text_.AppendTrusted(Concat(value.integer()));
      case Type::kFloat:
        return text_.AppendTrusted(Number(value.number()));
      case Type::kList:
      case Type::kTuple:
        return WriteList(value.items(), level);
      case Type::kDict:
        return WriteDict(value.dict(), level);
      default:
        run_.Fail(Concat("a value of type ", value.TypeName(), " cannot be written as JSON"));
    }
  }

  ProvenanceText Result() { return std::move(text_); }

 private:
  static std::string Number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return FloatText(value);
  }

  void WriteText(const ProvenanceText& text) {
    if (!run_.SpendBytes(text.size()) || !run_.Fits(text_.size() + text.size())) return;
    const std::string& bytes = text.bytes();
    text_.AppendTrusted("\"");
    for (size_t at = 0, size; at < bytes.size(); at += size) {
      text_.Append(EscapedCharacter(CharacterAt(bytes, at, &size), style_.ensure_ascii), text.IsContent(at));
    }
    text_.AppendTrusted("\"");
  }

  void NewLine(int level) {
    if (!style_.indent) return;
    text_.AppendTrusted("\n");
    for (int i = 0; i < level; ++i) text_.AppendTrusted(*style_.indent);
  }

  void WriteList(const List& items, int level) {
    if (items.empty()) return text_.AppendTrusted("[]");
    text_.AppendTrusted("[");
    for (size_t i = 0; i < items.size() && !run_.failed(); ++i) {
      if (i > 0) text_.Append(style_.item_separator);
      NewLine(level + 1);
      Write(items[i], level + 1);
    }
    NewLine(level);
    text_.AppendTrusted("]");
  }

  void WriteKey(const Value& key) {
    switch (key.type()) {
      case Type::kText:
        return WriteText(key.text());
      case Type::kNone:
      case Type::kBool:
      case Type::kInt:
      case Type::kFloat:
        text_.AppendTrusted("\"");
        Write(key, 0);
        return text_.AppendTrusted("\"");
      default:
        run_.Fail(Concat("a key of type ", key.TypeName(), " cannot be written as JSON"));
    }
  }

  void WriteDict(const Dict& dict, int level) {
    if (dict.size() == 0) return text_.AppendTrusted("{}");
    std::vector<Dict::Entry> entries = dict.entries();
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(),
                       [this](const auto& a, const auto& b) { return LessThan(run_, a.first, b.first); });
    }
    text_.AppendTrusted("{");
    for (size_t i = 0; i < entries.size() && !run_.failed(); ++i) {
      if (i > 0) text_.Append(style_.item_separator);
      NewLine(level + 1);
      WriteKey(entries[i].first);
      text_.Append(style_.key_separator);
      Write(entries[i].second, level + 1);
    }
    NewLine(level);
    text_.AppendTrusted("}");
  }

  Run& run_;
  const JsonStyle& style_;
  ProvenanceText text_;
};

}  // namespace

ProvenanceText JsonText(Run& run, const Value& value, const JsonStyle& style) {
  Writer writer(run, style);
  writer.Write(value, 0);
  return writer.Result();
}

}  // namespace rubato::jinja
