#include "policy/tokenizer_check.h"

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/model_files.h"
#include "text/chat_template.h"

namespace rubato {

namespace {

constexpr char kTokenizer[] = "tokenizer.json";
constexpr char kChatTemplate[] = "chat_template.jinja";
constexpr char kTokenizerConfig[] = "tokenizer_config.json";

// Problems of files that text/ reads only in part, or not at all; those that are no JSON are taken away.
void CheckFiles(ModelFiles* files, Problems* problems) {
  for (const char* name : {kTokenizerConfig, "special_tokens_map.json", "added_tokens.json"}) {
    const auto file = files->find(name);
    if (file == files->end()) continue;
    const std::optional<Json> json = ParseJsonObject(name, file->second, problems);
    if (!json.has_value()) {
      files->erase(file);
      continue;
    }
    const Json* code = json->Find("auto_map");
    if (code == nullptr || code->is_null()) continue;
    problems->Add(
        Concat(name, ": \"auto_map\" is ", EscapeForTerminal(code->Dump().substr(0, 200)),
               ", but code that comes with a model is never run; save a fast tokenizer's tokenizer.json "
               "and remove \"auto_map\""));
  }
}

// `files` lacks what is no JSON: the template is then all that can be looked at.
absl::Status CheckChatTemplate(const std::string& directory, const ModelFiles& files, bool files_are_sound) {
  if (files_are_sound) return ChatTemplate::Load(directory).status();
  const auto file = files.find(kChatTemplate);
  return file == files.end() ? absl::OkStatus() : ChatTemplate::Parse(file->second, kChatTemplate).status();
}

void CheckId(std::string_view file, std::string_view token, int64_t id, int vocab, Problems* problems) {
  if (vocab == 0 || id < vocab) return;
  problems->Add(
      Concat(file, ": token \"", EscapeForTerminal(token.substr(0, 200)), "\" has the id ", id,
             ", but the model has embeddings for ids below ", vocab,
             " (\"vocab_size\" in config.json); take the tokenizer that belongs to the model, or resize "
             "its embeddings"));
}

// Tokens that transformers adds to those of tokenizer.json: a map from text to id, and one from id to a
// token.
void CheckAddedIds(const ModelFiles& files, int64_t known, int vocab, Problems* problems) {
  const auto member = [&](const char* name, std::string_view key) {
    const auto file = files.find(name);
    const absl::StatusOr<Json> json = Json::Parse(file == files.end() ? "{}" : file->second);
    const Json* found = !json.ok() ? nullptr : key.empty() ? &*json : json->Find(key);
    return found == nullptr ? Json::Object() : found->object();
  };
  for (const auto& [token, value] : member("added_tokens.json", "")) {
    const int64_t id = value.AsInt().value_or(0);
    if (id >= known) CheckId("added_tokens.json", token, id, vocab, problems);
  }
  for (const auto& [number, token] : member(kTokenizerConfig, "added_tokens_decoder")) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(number, &id) || id < known) continue;
    CheckId(kTokenizerConfig, token.GetStringOr("content", "").value_or(""), id, vocab, problems);
  }
}

std::string WhyNoTokenizer(const ModelFiles& files) {
  if (files.contains("tokenizer.model")) {
    return "there is tokenizer.model (SentencePiece) but no tokenizer.json: only `rubato score` works; "
           "save the fast tokenizer with AutoTokenizer.from_pretrained(...).save_pretrained(DIR)";
  }
  return "there is no tokenizer.json: only `rubato score`, which works on token ids, can use the model";
}

}  // namespace

absl::Status CheckTokenIds(const Tokenizer& tokenizer, const ModelConfig& config) {
  Problems problems;
  const int32_t largest = tokenizer.size() - 1;
  CheckId(kTokenizer, tokenizer.TokenOf(largest).value_or(""), largest, config.vocab, &problems);
  return problems.ToStatus();
}

std::optional<int64_t> CheckTokenizer(const std::string& directory, const ModelConfig& config,
                                      Problems* problems, std::vector<std::string>* notes) {
  Problems already_reported;
  ModelFiles files = ReadSmallFiles(directory, &already_reported);
  const size_t files_there = files.size();
  CheckFiles(&files, problems);
  const bool files_are_sound =
      files.size() == files_there && OnlyOfConfigs(already_reported).list() == already_reported.list();
  if (const absl::Status chat = CheckChatTemplate(directory, files, files_are_sound); !chat.ok()) {
    problems->Add(std::string(chat.message()));
  }
  if (!files.contains(kTokenizer)) {
    if (!FileExists(Concat(directory, "/", kTokenizer))) notes->push_back(WhyNoTokenizer(files));
    return std::nullopt;
  }
  const absl::StatusOr<Tokenizer> tokenizer = Tokenizer::FromJson(files[kTokenizer], files[kTokenizerConfig]);
  if (!tokenizer.ok()) {
    problems->Add(std::string(tokenizer.status().message()));
    return std::nullopt;
  }
  if (const absl::Status ids = CheckTokenIds(*tokenizer, config); !ids.ok()) {
    problems->Add(std::string(ids.message()));
  }
  CheckAddedIds(files, tokenizer->size(), config.vocab, problems);
  return tokenizer->size();
}

}  // namespace rubato
