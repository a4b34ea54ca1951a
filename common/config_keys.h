// The keys of a configuration, as proto/config.proto lists them.  Private to config.

#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "proto/config.pb.h"
#include "proto/option.pb.h"

namespace rubato {

struct KeyInfo {
  const google::protobuf::FieldDescriptor* section;  // of RunConfig
  const google::protobuf::FieldDescriptor* field;    // of the section
  std::string name;                                  // "learner.lr"
  ConfigKey about;
};

// In the order of config.proto.
const std::vector<KeyInfo>& AllKeys();
// By "section.key"; null if there is none.
const KeyInfo* FindKey(std::string_view name);
// The section of RunConfig; null if there is none.
const google::protobuf::FieldDescriptor* FindSection(std::string_view name);

// Why `name` is no key, and which one may have been meant.
std::string UnknownKey(std::string_view name);
// The same for the name of a section.
std::string UnknownSection(std::string_view name);
// Of `choices` the one with the smallest edit distance to `text`, the first if several; choices is not empty.
std::string Nearest(std::string_view text, const std::vector<std::string>& choices);

// The shortest text that reads back as the same number.
std::string NumberAsText(double value);

bool HasKey(const RunConfig& config, const KeyInfo& key);
// The value as YAML writes it; the key must be there.
std::string ValueAsYaml(const RunConfig& config, const KeyInfo& key);

}  // namespace rubato
