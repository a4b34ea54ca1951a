#include "text/token_model.h"

#include <optional>
#include <string>
#include <utility>

#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"
#include "common/utf8.h"

namespace rubato {
namespace {

absl::Status NotInVocabulary(std::string_view text) {
  return absl::InvalidArgumentError(Concat(
      "\"", EscapeForTerminal(text), "\" is not in the vocabulary, and there is no unknown token for it"));
}

// A piece is one token, or unknown.
class WordLevel : public TokenModel {
 public:
  WordLevel(Vocabulary vocabulary, std::optional<int32_t> unknown)
      : TokenModel(std::move(vocabulary)), unknown_(unknown) {}

  absl::Status Tokenize(std::string_view piece, std::vector<int32_t>* ids) const override {
    const std::optional<int32_t> id = vocabulary().IdOf(piece);
    if (!id && !unknown_) return NotInVocabulary(piece);
    ids->push_back(id ? *id : *unknown_);
    return absl::OkStatus();
  }

 private:
  std::optional<int32_t> unknown_;
};

// BPE with an empty list of merges: each character is one token, or unknown.
class CharacterBpe : public TokenModel {
 public:
  CharacterBpe(Vocabulary vocabulary, std::optional<int32_t> unknown, bool fuse_unknown)
      : TokenModel(std::move(vocabulary)), unknown_(unknown), fuse_unknown_(fuse_unknown) {}

  absl::Status Tokenize(std::string_view piece, std::vector<int32_t>* ids) const override {
    bool after_unknown = false;
    for (size_t at = 0, bytes = 0; at < piece.size(); at += bytes) {
      bytes = FirstUtf8Character(piece.substr(at)).size;
      const std::string_view character = piece.substr(at, bytes);
      const std::optional<int32_t> id = vocabulary().IdOf(character);
      if (!id && !unknown_) return NotInVocabulary(character);
      if (id || !after_unknown || !fuse_unknown_) ids->push_back(id ? *id : *unknown_);
      after_unknown = !id;
    }
    return absl::OkStatus();
  }

 private:
  std::optional<int32_t> unknown_;
  bool fuse_unknown_;
};

absl::StatusOr<Vocabulary> ParseVocabulary(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Object* vocab, json.GetObject("vocab"));
  Vocabulary vocabulary;
  for (const auto& [token, value] : *vocab) {
    const absl::StatusOr<int64_t> id = value.AsInt();
    if (!id.ok()) return Annotate(id.status(), Concat("\"vocab\": token \"", token, "\""));
    RETURN_IF_ERROR(Annotate(vocabulary.Add(token, *id), "\"vocab\""));
  }
  return vocabulary;
}

// The id of `unk_token`; nothing if it is absent, or names a token that is not there.
absl::StatusOr<std::optional<int32_t>> ParseUnknown(const Json& json, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const std::string token, json.GetStringOr("unk_token", ""));
  return vocabulary.IdOf(token);
}

absl::StatusOr<std::unique_ptr<TokenModel>> MakeWordLevel(const Json& json) {
  ASSIGN_OR_RETURN(Vocabulary vocabulary, ParseVocabulary(json));
  ASSIGN_OR_RETURN(const std::optional<int32_t> unknown, ParseUnknown(json, vocabulary));
  return std::make_unique<WordLevel>(std::move(vocabulary), unknown);
}

// Options that change the ids and are not implemented.
absl::Status RefuseBpeOptions(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Array* merges, json.GetArray("merges"));
  if (!merges->empty()) {
    return absl::InvalidArgumentError(
        Concat("BPE has ", merges->size(), " merges; only BPE without merges is supported"));
  }
  for (const char* key : {"byte_fallback", "ignore_merges"}) {
    ASSIGN_OR_RETURN(const bool set, json.GetBoolOr(key, false));
    if (set) return absl::InvalidArgumentError(Concat("BPE with \"", key, "\" is not supported"));
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    ASSIGN_OR_RETURN(const std::string affix, json.GetStringOr(key, ""));
    if (!affix.empty()) return absl::InvalidArgumentError(Concat("BPE with \"", key, "\" is not supported"));
  }
  ASSIGN_OR_RETURN(const double dropout, json.GetDoubleOr("dropout", 0));
  if (dropout != 0) return absl::InvalidArgumentError("BPE with \"dropout\" is not supported");
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TokenModel>> MakeCharacterBpe(const Json& json) {
  RETURN_IF_ERROR(RefuseBpeOptions(json));
  ASSIGN_OR_RETURN(Vocabulary vocabulary, ParseVocabulary(json));
  ASSIGN_OR_RETURN(const std::optional<int32_t> unknown, ParseUnknown(json, vocabulary));
  ASSIGN_OR_RETURN(const bool fuse_unknown, json.GetBoolOr("fuse_unk", false));
  return std::make_unique<CharacterBpe>(std::move(vocabulary), unknown, fuse_unknown);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenModel>> MakeTokenModel(const Json& json) {
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "WordLevel") return MakeWordLevel(json);
  if (kind == "BPE") return MakeCharacterBpe(json);
  return absl::InvalidArgumentError(
      Concat("kind \"", kind, "\" is not supported; supported are WordLevel, and BPE without merges"));
}

}  // namespace rubato
