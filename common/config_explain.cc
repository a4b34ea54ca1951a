// What is known of keys, as text for people.

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/config_keys.h"

namespace rubato {
namespace {

using google::protobuf::FieldDescriptor;

std::string Type(const KeyInfo& key) {
  switch (key.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return key.about.path() ? "path, relative to the file" : "text";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "number";
    default:
      return "whole number";
  }
}

std::string Line(std::string_view label, std::string_view text) { return Concat("  ", label, text, "\n"); }

std::string ExplainKey(const KeyInfo& key) {
  const ConfigKey& about = key.about;
  std::string text = Concat(key.name, "\n", Line("", about.help()), Line("type     ", Type(key)));
  if (!about.unit().empty()) text += Line("unit     ", about.unit());
  if (!about.choices().empty()) text += Line("choices  ", absl::StrJoin(about.choices(), ", "));
  if (about.has_min()) text += Line("least    ", NumberAsText(about.min()));
  if (about.has_max()) text += Line("most     ", NumberAsText(about.max()));
  if (about.required()) return text + Line("default  ", "none, it must be given");
  return text + Line("default  ", about.default_().empty() ? "none, it may be absent" : about.default_());
}

std::string ExplainThose(std::string_view section) {
  std::string text;
  for (const KeyInfo& key : AllKeys()) {
    if (!section.empty() && key.section->name() != section) continue;
    text += Concat(text.empty() ? "" : "\n", ExplainKey(key));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> Explain(std::string_view key) {
  if (const KeyInfo* known = FindKey(key)) return ExplainKey(*known);
  if (FindSection(key) != nullptr) return ExplainThose(key);
  const bool is_section = key.find('.') == std::string_view::npos;
  return absl::NotFoundError(is_section ? UnknownSection(key) : UnknownKey(key));
}

std::string ExplainAll() { return ExplainThose(""); }

}  // namespace rubato
