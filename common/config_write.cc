// RunConfig into YAML.

#include <cstdio>

#include "common/concat.h"
#include "common/config.h"
#include "common/config_keys.h"

namespace rubato {
namespace {

using google::protobuf::FieldDescriptor;

// Whether YAML reads it as this text without quotes, in all its versions; else it is quoted.
bool IsPlainWord(const std::string& text) {
  for (const char* taken : {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}) {
    if (text == taken) return false;
  }
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit_or_dash = (text[i] >= '0' && text[i] <= '9') || text[i] == '-';
    if (!is_plain(text[i]) && !(i > 0 && digit_or_dash)) return false;
  }
  return !text.empty();
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char buffer[8];
      std::snprintf(buffer, sizeof(buffer), "\\x%02x", c);
      quoted += buffer;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace

std::string ValueAsYaml(const RunConfig& config, const KeyInfo& key) {
  const auto& section = config.GetReflection()->GetMessage(config, key.section);
  const auto* access = section.GetReflection();
  switch (key.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = access->GetString(section, key.field);
      return IsPlainWord(text) ? text : Quoted(text);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return access->GetBool(section, key.field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return NumberAsText(access->GetDouble(section, key.field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(access->GetUInt64(section, key.field));
    default:
      return std::to_string(access->GetUInt32(section, key.field));
  }
}

std::string ToYaml(const RunConfig& config) {
  std::string yaml;
  const FieldDescriptor* section = nullptr;
  for (const KeyInfo& key : AllKeys()) {
    if (!HasKey(config, key)) continue;
    if (key.section != section) yaml += Concat(key.section->name(), ":\n");
    section = key.section;
    yaml += Concat("  ", key.field->name(), ": ", ValueAsYaml(config, key), "\n");
  }
  return yaml;
}

}  // namespace rubato
