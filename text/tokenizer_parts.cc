#include "text/tokenizer_parts.h"

#include <string>

#include "common/concat.h"
#include "common/json.h"
#include "common/status.h"
#include "text/make_token_model.h"

namespace rubato {
namespace {

constexpr std::string_view kTokenizerFile = "tokenizer.json";
constexpr std::string_view kConfigFile = "tokenizer_config.json";

// The value of `key`, null when it is absent.
const Json& Section(const Json& json, std::string_view key) {
  static const Json* const kNull = new Json();
  const Json* found = json.Find(key);
  return found == nullptr ? *kNull : *found;
}

absl::Status RefuseSection(const Json& json, std::string_view key) {
  if (Section(json, key).is_null()) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("\"", key, "\" is not supported; set it to null"));
}

absl::Status CheckIdsExist(const std::vector<int32_t>& ids, const Vocabulary& vocabulary) {
  for (const int32_t id : ids) {
    if (!vocabulary.TokenOf(id)) return absl::InvalidArgumentError(Concat("id ", id, " is of no token"));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status Assign(absl::StatusOr<T> value, std::string_view section, T* target) {
  if (!value.ok()) return Annotate(value.status(), section);
  *target = *std::move(value);
  return absl::OkStatus();
}

absl::Status CheckVersion(const Json& json) {
  ASSIGN_OR_RETURN(const std::string version, json.GetStringOr("version", "1.0"));
  if (version == "1.0") return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("\"version\" is \"", version, "\"; supported is \"1.0\""));
}

absl::Status ParseTokenizerFile(const Json& json, TokenizerParts* parts) {
  RETURN_IF_ERROR(CheckVersion(json));
  // `tokenizers` would cut and pad what it encodes; a model that is trained must see all of a text and no
  // more.
  for (const char* key : {"truncation", "padding"}) RETURN_IF_ERROR(RefuseSection(json, key));
  RETURN_IF_ERROR(
      Assign(Normalizer::FromJson(Section(json, "normalizer")), "normalizer", &parts->normalizer));
  RETURN_IF_ERROR(
      Assign(MakePreTokenizer(Section(json, "pre_tokenizer")), "pre_tokenizer", &parts->pre_tokenizer));
  RETURN_IF_ERROR(Assign(MakeTokenModel(Section(json, "model")), "model", &parts->model));
  parts->vocabulary = parts->model->vocabulary();
  RETURN_IF_ERROR(
      Annotate(parts->added.AddAll(Section(json, "added_tokens"), parts->normalizer, &parts->vocabulary),
               "added_tokens"));
  RETURN_IF_ERROR(
      Assign(ParsePostProcessor(Section(json, "post_processor")), "post_processor", &parts->post_processor));
  RETURN_IF_ERROR(Annotate(CheckIdsExist(parts->post_processor.before, parts->vocabulary), "post_processor"));
  RETURN_IF_ERROR(Annotate(CheckIdsExist(parts->post_processor.after, parts->vocabulary), "post_processor"));
  return Assign(ParseTokenDecoder(Section(json, "decoder")), "decoder", &parts->decoder);
}

// The id of the token that `key` names: as text, or as an object with `content`.
absl::Status ParseNamedToken(const Json& json, std::string_view key, const Vocabulary& vocabulary,
                             std::optional<int32_t>* id) {
  const Json& named = Section(json, key);
  if (named.is_null()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string token,
                   named.is_object() ? named.GetString("content") : json.GetString(key));
  *id = vocabulary.IdOf(token);
  if (id->has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Concat("\"", key, "\" is \"", token, "\", which is no token of ", kTokenizerFile));
}

absl::Status ParseConfigFile(const Json& json, TokenizerParts* parts) {
  RETURN_IF_ERROR(ParseNamedToken(json, "bos_token", parts->vocabulary, &parts->begin_id));
  RETURN_IF_ERROR(ParseNamedToken(json, "eos_token", parts->vocabulary, &parts->end_id));
  return ParseNamedToken(json, "pad_token", parts->vocabulary, &parts->padding_id);
}

}  // namespace

absl::StatusOr<TokenizerParts> ParseTokenizer(std::string_view tokenizer_json, std::string_view config_json) {
  ASSIGN_OR_RETURN(const Json tokenizer, Json::Parse(tokenizer_json, kTokenizerFile));
  TokenizerParts parts;
  RETURN_IF_ERROR(Annotate(ParseTokenizerFile(tokenizer, &parts), kTokenizerFile));
  parts.digest = Sha256(tokenizer_json);
  if (config_json.empty()) return parts;
  ASSIGN_OR_RETURN(const Json config, Json::Parse(config_json, kConfigFile));
  RETURN_IF_ERROR(Annotate(ParseConfigFile(config, &parts), kConfigFile));
  return parts;
}

}  // namespace rubato
