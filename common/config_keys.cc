#include "common/config_keys.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "common/concat.h"
#include "common/escape.h"

namespace rubato {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::vector<KeyInfo> ListKeys() {
  std::vector<KeyInfo> keys;
  const Descriptor* config = RunConfig::descriptor();
  for (int s = 0; s < config->field_count(); ++s) {
    const FieldDescriptor* section = config->field(s);
    const Descriptor* message = section->message_type();
    for (int f = 0; f < message->field_count(); ++f) {
      const FieldDescriptor* field = message->field(f);
      keys.push_back(
          {section, field, Concat(section->name(), ".", field->name()), field->options().GetExtension(key)});
    }
  }
  return keys;
}

// Levenshtein's, by one row.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row.back();
}

// Names of keys whose last part is `name`: the right key in the wrong section.
std::vector<std::string> KeysNamed(std::string_view name) {
  std::vector<std::string> names;
  for (const KeyInfo& candidate : AllKeys()) {
    if (candidate.field->name() == name) names.push_back(candidate.name);
  }
  return names;
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const KeyInfo& candidate : AllKeys()) names.push_back(candidate.name);
  return names;
}

}  // namespace

const std::vector<KeyInfo>& AllKeys() {
  static const std::vector<KeyInfo>& keys = *new std::vector<KeyInfo>(ListKeys());
  return keys;
}

const KeyInfo* FindKey(std::string_view name) {
  const auto found = std::find_if(AllKeys().begin(), AllKeys().end(),
                                  [&](const KeyInfo& candidate) { return candidate.name == name; });
  return found == AllKeys().end() ? nullptr : &*found;
}

const FieldDescriptor* FindSection(std::string_view name) {
  return RunConfig::descriptor()->FindFieldByName(std::string(name));
}

std::string Nearest(std::string_view text, const std::vector<std::string>& choices) {
  // Hostile or broken files may hold keys of any length.
  text = text.substr(0, 100);
  return *std::min_element(choices.begin(), choices.end(), [&](const std::string& a, const std::string& b) {
    return EditDistance(text, a) < EditDistance(text, b);
  });
}

std::string UnknownKey(std::string_view name) {
  const std::vector<std::string> elsewhere = KeysNamed(name.substr(name.rfind('.') + 1));
  const std::string nearest = Nearest(name, elsewhere.empty() ? AllNames() : elsewhere);
  return Concat("there is no key ", EscapeForTerminal(name), "; did you mean ", nearest, "?");
}

std::string UnknownSection(std::string_view name) {
  const std::string what = Concat("there is no section \"", EscapeForTerminal(name), "\"; ");
  if (const KeyInfo* written_with_dot = FindKey(name)) {
    return Concat(what, "write \"", written_with_dot->field->name(), ":\" below \"",
                  written_with_dot->section->name(), ":\"");
  }
  if (const std::vector<std::string> keys = KeysNamed(name); !keys.empty()) {
    return Concat(what, "did you mean the key ", Nearest(name, keys), "?");
  }
  std::vector<std::string> sections;
  for (int s = 0; s < RunConfig::descriptor()->field_count(); ++s) {
    sections.push_back(RunConfig::descriptor()->field(s)->name());
  }
  return Concat(what, "did you mean \"", Nearest(name, sections), "\"?");
}

std::string NumberAsText(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

bool HasKey(const RunConfig& config, const KeyInfo& key) {
  if (!config.GetReflection()->HasField(config, key.section)) return false;
  const auto& section = config.GetReflection()->GetMessage(config, key.section);
  return section.GetReflection()->HasField(section, key.field);
}

}  // namespace rubato
