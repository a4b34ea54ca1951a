#include "text/chat_template.h"

#include <ctime>
#include <filesystem>
#include <map>
#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"
#include "text/chat_input_parts.h"
#include "text/jinja/from_json.h"
#include "text/jinja/interpreter.h"
#include "text/jinja/parser.h"

namespace rubato {
namespace {

using jinja::Dict;
using jinja::Type;
using jinja::Value;

constexpr size_t kMostSource = size_t{4} << 20;
constexpr std::string_view kDefault = "default", kWithTools = "tool_use";

struct Source {
  std::string text;
  std::string name;
};
using Sources = std::map<std::string, Source, std::less<>>;

std::tm Now() {
  const std::time_t now = std::time(nullptr);
  std::tm tm = {};
  localtime_r(&now, &tm);
  return tm;
}

// An object from a file of the directory; an empty one: there is no such file.
absl::StatusOr<Dict> ReadObject(const std::string& path) {
  if (!FileExists(path)) return Dict();
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(const Value value, jinja::FromJson(text, path, {}, jinja::Trust::kTrusted));
  if (!value.Is(Type::kDict)) return absl::InvalidArgumentError(Concat(path, ": holds no object"));
  return value.dict();
}

absl::Status ReadTemplateFiles(const std::string& dir, Sources* sources) {
  const std::string main = dir + "/chat_template.jinja";
  if (FileExists(main)) {
    ASSIGN_OR_RETURN(std::string text, ReadFile(main, kMostSource));
    sources->emplace(kDefault, Source{std::move(text), main});
  }
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/additional_chat_templates", error)) {
    if (entry.path().extension() != ".jinja") continue;
    ASSIGN_OR_RETURN(std::string text, ReadFile(entry.path().string(), kMostSource));
    sources->insert_or_assign(entry.path().stem().string(), Source{std::move(text), entry.path().string()});
  }
  return absl::OkStatus();
}

// From the member `chat_template`: a text, a list of {"name", "template"}, or an object of texts by name.
absl::Status ReadTemplateMember(const Dict& config, const std::string& path, Sources* sources) {
  const Value* const given = config.Find("chat_template");
  if (given == nullptr || given->Is(Type::kNone)) return absl::OkStatus();
  const std::string name = Concat(path, "(chat_template)");
  const auto add = [&](const Value* key, const Value* text) {
    if (key == nullptr || text == nullptr || !key->Is(Type::kText) || !text->Is(Type::kText)) {
      return absl::InvalidArgumentError(Concat(path,
                                               ": \"chat_template\" is neither a text nor a list of objects "
                                               "with the texts \"name\" and \"template\""));
    }
    const std::string of =
        key->bytes() == kDefault ? name : Concat(path, "(chat_template ", key->bytes(), ")");
    sources->insert_or_assign(key->bytes(), Source{text->bytes(), of});
    return absl::OkStatus();
  };
  const Value main = Value::Trusted(std::string(kDefault));
  if (given->Is(Type::kList)) {
    for (const Value& item : given->items()) {
      RETURN_IF_ERROR(add(item.dict().Find("name"), item.dict().Find("template")));
    }
  } else if (given->Is(Type::kDict)) {
    for (const auto& [key, text] : given->dict().entries()) RETURN_IF_ERROR(add(&key, &text));
  } else {
    RETURN_IF_ERROR(add(&main, given));
  }
  return absl::OkStatus();
}

// bos_token and the like, each a text or an object with its `content`; `extra_special_tokens` may name more.
void ReadSpecialTokens(const Dict& config, Dict* tokens) {
  const auto add = [tokens](const Value& key, const Value& value) {
    const Value* const text = value.Is(Type::kDict) ? value.dict().Find("content") : &value;
    if (text != nullptr && text->Is(Type::kText)) tokens->Set(key, *text);
  };
  for (const auto& [key, value] : config.entries()) {
    if (key.bytes().ends_with("_token")) add(key, value);
  }
  if (const Value* extra = config.Find("extra_special_tokens"); extra != nullptr) {
    for (const auto& [key, value] : extra->dict().entries()) add(key, value);
  }
}

}  // namespace

struct ChatTemplate::Parts {
  struct Named {
    std::string name;
    jinja::Program program;
  };
  std::optional<Named> main;
  std::optional<Named> with_tools;
  Dict special_tokens;

  absl::StatusOr<RenderedChat> Render(const ChatInput::Parts& given, const Value& messages,
                                      const ChatLimits& limits) const;
};

absl::StatusOr<ChatTemplate> ChatTemplate::Parse(std::string_view source, std::string_view name) {
  auto parts = std::make_shared<Parts>();
  ASSIGN_OR_RETURN(jinja::Program program, jinja::Parse(source, name));
  parts->main = Parts::Named{std::string(name), std::move(program)};
  return ChatTemplate(std::move(parts));
}

absl::StatusOr<std::optional<ChatTemplate>> ChatTemplate::Load(const std::string& dir) {
  const std::string config_path = dir + "/tokenizer_config.json", legacy_path = dir + "/chat_template.json";
  ASSIGN_OR_RETURN(const Dict config, ReadObject(config_path));
  Sources sources;
  RETURN_IF_ERROR(ReadTemplateFiles(dir, &sources));
  if (sources.empty()) RETURN_IF_ERROR(ReadTemplateMember(config, config_path, &sources));
  if (sources.empty()) {
    ASSIGN_OR_RETURN(const Dict legacy, ReadObject(legacy_path));
    RETURN_IF_ERROR(ReadTemplateMember(legacy, legacy_path, &sources));
  }
  if (sources.empty()) return std::optional<ChatTemplate>();

  auto parts = std::make_shared<Parts>();
  ReadSpecialTokens(config, &parts->special_tokens);
  if (config.Find("added_tokens_decoder") == nullptr) {
    ASSIGN_OR_RETURN(const Dict older, ReadObject(dir + "/special_tokens_map.json"));
    ReadSpecialTokens(older, &parts->special_tokens);
  }
  for (const std::string_view name : {kDefault, kWithTools}) {
    const auto source = sources.find(name);
    if (source == sources.end()) continue;
    ASSIGN_OR_RETURN(jinja::Program program, jinja::Parse(source->second.text, source->second.name));
    (name == kDefault ? parts->main : parts->with_tools) =
        Parts::Named{source->second.name, std::move(program)};
  }
  if (!parts->main) {
    return absl::InvalidArgumentError(
        Concat(dir, ": has several chat templates, and none of them is \"default\""));
  }
  return std::optional<ChatTemplate>(ChatTemplate(std::move(parts)));
}

absl::StatusOr<RenderedChat> ChatTemplate::Render(const ChatInput& input, const ChatLimits& limits) const {
  const ChatInput::Parts& given = input.parts();
  absl::StatusOr<RenderedChat> rendered = parts_->Render(given, given.messages, limits);
  if (rendered.ok() || !given.messages_with_nulls) return rendered;
  // Templates that ask whether a member is none, as R1's does, are written for what older versions do.
  absl::StatusOr<RenderedChat> as_given = parts_->Render(given, *given.messages_with_nulls, limits);
  return as_given.ok() ? as_given : rendered;
}

absl::StatusOr<RenderedChat> ChatTemplate::Parts::Render(const ChatInput::Parts& given, const Value& messages,
                                                         const ChatLimits& limits) const {
  const bool has_tools = !given.tools.Is(Type::kNone);
  const Parts::Named& chosen = has_tools && with_tools ? *with_tools : *main;

  Dict context = special_tokens;
  for (const auto& [name, value] : given.variables.entries()) context.Set(name, value);
  context.Set(Value::Trusted("messages"), messages);
  context.Set(Value::Trusted("tools"), given.tools);
  context.Set(Value::Trusted("documents"), given.documents);
  context.Set(Value::Trusted("add_generation_prompt"), Value::Of(given.add_generation_prompt));

  jinja::Run run(limits, given.date ? *given.date : Now());
  jinja::Interpreter interpreter(&run, &context);
  jinja::ProvenanceText text = interpreter.Render(chosen.program);
  if (run.failed()) {
    return absl::InvalidArgumentError(Concat(chosen.name, ":", run.error_line(), ": ", run.error()));
  }
  return RenderedChat{text.bytes(), text.content()};
}

}  // namespace rubato
