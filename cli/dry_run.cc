#include "cli/dry_run.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "absl/strings/str_format.h"
#include "common/concat.h"

namespace rubato {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool Has(const Message& config, const FieldDescriptor* section, const FieldDescriptor* key) {
  if (!config.GetReflection()->HasField(config, section)) return false;
  const Message& inner = config.GetReflection()->GetMessage(config, section);
  return inner.GetReflection()->HasField(inner, key);
}

std::string ValueText(const Message& section, const FieldDescriptor* key) {
  const google::protobuf::Reflection* values = section.GetReflection();
  switch (key->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return values->GetString(section, key);
    case FieldDescriptor::CPPTYPE_BOOL:
      return values->GetBool(section, key) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%g", values->GetDouble(section, key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrFormat("%d", values->GetUInt32(section, key));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrFormat("%d", values->GetUInt64(section, key));
    default:
      return "?";
  }
}

std::string OriginOf(const ConfigStages& stages, const FieldDescriptor* section, const FieldDescriptor* key) {
  if (Has(stages.overrides, section, key)) return "command line";
  if (Has(stages.file, section, key)) return stages.file_name;
  if (Has(stages.defaults, section, key)) return "default";
  return "preset " + stages.resolved.credit().preset();
}

std::string Mebibytes(uint64_t bytes) {
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

}  // namespace

std::string RenderOrigins(const ConfigStages& stages) {
  std::string text;
  const google::protobuf::Descriptor* sections = RunConfig::descriptor();
  for (int i = 0; i < sections->field_count(); ++i) {
    const FieldDescriptor* section = sections->field(i);
    for (int j = 0; j < section->message_type()->field_count(); ++j) {
      const FieldDescriptor* key = section->message_type()->field(j);
      if (!Has(stages.resolved, section, key)) continue;
      const Message& values = stages.resolved.GetReflection()->GetMessage(stages.resolved, section);
      text += absl::StrFormat("%-36s %-28s %s\n", section->name() + "." + key->name(), ValueText(values, key),
                              OriginOf(stages, section, key));
    }
  }
  return text;
}

std::string RenderPlan(const std::vector<ProcessSpec>& specs, const std::optional<MemoryPlan>& memory) {
  std::string text;
  for (const ProcessSpec& spec : specs) {
    std::string bytes;
    if (memory && spec.kind != RoleKind::kHub) {
      bytes = Concat("  weights and caches: about ",
                     Mebibytes(spec.kind == RoleKind::kRank ? memory->rank : memory->worker));
    }
    text += Concat(spec.name, bytes, "\n");
    for (size_t i = 0; i < spec.argv.size(); ++i)
      text += Concat(i == 0 ? "    " : "      ", spec.argv[i], "\n");
  }
  return text;
}

}  // namespace rubato
