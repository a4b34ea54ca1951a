#include "text/make_token_model.h"

#include <optional>
#include <string>
#include <utility>

#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"
#include "text/bpe.h"
#include "text/merge_table.h"
#include "text/vocabulary.h"

namespace rubato {
namespace {

// A piece is one token, or unknown.
class WordLevel : public TokenModel {
 public:
  WordLevel(Vocabulary vocabulary, std::optional<int32_t> unknown)
      : TokenModel(std::move(vocabulary)), unknown_(unknown) {}

  absl::Status Tokenize(std::string_view piece, std::vector<int32_t>* ids) const override {
    const std::optional<int32_t> id = vocabulary().IdOf(piece);
    if (!id && !unknown_) {
      return absl::InvalidArgumentError(
          Concat("\"", EscapeForTerminal(piece),
                 "\" is not in the vocabulary, and there is no unknown token for it"));
    }
    ids->push_back(id ? *id : *unknown_);
    return absl::OkStatus();
  }

 private:
  std::optional<int32_t> unknown_;
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

absl::StatusOr<std::unique_ptr<TokenModel>> MakeWordLevel(const Json& json) {
  ASSIGN_OR_RETURN(Vocabulary vocabulary, ParseVocabulary(json));
  ASSIGN_OR_RETURN(const std::string unknown, json.GetStringOr("unk_token", ""));
  const std::optional<int32_t> id = vocabulary.IdOf(unknown);
  return std::make_unique<WordLevel>(std::move(vocabulary), id);
}

// Options that change the ids and are not implemented.
absl::Status RefuseBpeOptions(const Json& json) {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    ASSIGN_OR_RETURN(const std::string affix, json.GetStringOr(key, ""));
    if (!affix.empty()) {
      return absl::InvalidArgumentError(Concat("BPE with \"", key, "\" \"", affix, "\" is not supported"));
    }
  }
  ASSIGN_OR_RETURN(const double dropout, json.GetDoubleOr("dropout", 0));
  if (dropout == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("BPE with \"dropout\" ", dropout, " is not supported"));
}

absl::StatusOr<BpeOptions> ParseBpeOptions(const Json& json) {
  RETURN_IF_ERROR(RefuseBpeOptions(json));
  BpeOptions options;
  ASSIGN_OR_RETURN(options.fuse_unknown, json.GetBoolOr("fuse_unk", false));
  ASSIGN_OR_RETURN(options.byte_fallback, json.GetBoolOr("byte_fallback", false));
  ASSIGN_OR_RETURN(options.ignore_merges, json.GetBoolOr("ignore_merges", false));
  if (const Json* unknown = json.Find("unk_token"); unknown != nullptr && !unknown->is_null()) {
    ASSIGN_OR_RETURN(options.unknown_token, json.GetString("unk_token"));
  }
  return options;
}

struct TokenPair {
  std::string left, right;
};

// "LEFT RIGHT", or ["LEFT", "RIGHT"] where a token holds a space.
absl::StatusOr<TokenPair> ParseMerge(const Json& json) {
  if (json.is_array() && json.array().size() == 2) {
    ASSIGN_OR_RETURN(const std::string left, json.array()[0].AsString());
    ASSIGN_OR_RETURN(const std::string right, json.array()[1].AsString());
    return TokenPair{left, right};
  }
  if (json.is_string()) {
    ASSIGN_OR_RETURN(const std::string text, json.AsString());
    const size_t space = text.find(' ');
    if (space != std::string::npos && text.find(' ', space + 1) == std::string::npos) {
      return TokenPair{text.substr(0, space), text.substr(space + 1)};
    }
  }
  return absl::InvalidArgumentError(
      "is no pair of tokens; it must be \"LEFT RIGHT\" or [\"LEFT\", \"RIGHT\"]");
}

absl::StatusOr<int32_t> IdOfMerged(const Vocabulary& vocabulary, const std::string& token) {
  if (const std::optional<int32_t> id = vocabulary.IdOf(token)) return *id;
  return absl::InvalidArgumentError(Concat("\"", token, "\" is not in the vocabulary"));
}

absl::Status AddMerge(const TokenPair& pair, uint32_t rank, const Vocabulary& vocabulary,
                      MergeTable* merges) {
  ASSIGN_OR_RETURN(const int32_t left, IdOfMerged(vocabulary, pair.left));
  ASSIGN_OR_RETURN(const int32_t right, IdOfMerged(vocabulary, pair.right));
  ASSIGN_OR_RETURN(const int32_t merged, IdOfMerged(vocabulary, pair.left + pair.right));
  merges->Add(left, right, {rank, merged});
  return absl::OkStatus();
}

// Older files may keep the first line of a merges.txt.
bool IsVersionLine(const Json& merge) {
  return merge.is_string() && merge.AsString()->starts_with("#version");
}

absl::StatusOr<MergeTable> ParseMerges(const Json& json, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const Json::Array* list, json.GetArray("merges"));
  MergeTable merges(list->size());
  for (uint32_t rank = 0; rank < list->size(); ++rank) {
    const Json& merge = (*list)[rank];
    if (IsVersionLine(merge)) continue;
    absl::StatusOr<TokenPair> pair = ParseMerge(merge);
    const absl::Status added = pair.ok() ? AddMerge(*pair, rank, vocabulary, &merges) : pair.status();
    if (!added.ok()) return Annotate(added, Concat("\"merges\": entry ", rank));
  }
  return merges;
}

absl::StatusOr<std::unique_ptr<TokenModel>> MakeBpe(const Json& json) {
  ASSIGN_OR_RETURN(BpeOptions options, ParseBpeOptions(json));
  ASSIGN_OR_RETURN(Vocabulary vocabulary, ParseVocabulary(json));
  ASSIGN_OR_RETURN(MergeTable merges, ParseMerges(json, vocabulary));
  return std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), std::move(options));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenModel>> MakeTokenModel(const Json& json) {
  // Old files (GPT-2's own) name no type; merges make it BPE.
  if (json.Find("type") == nullptr && json.Find("merges") != nullptr) return MakeBpe(json);
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "WordLevel") return MakeWordLevel(json);
  if (kind == "BPE") return MakeBpe(json);
  return absl::InvalidArgumentError(
      Concat("kind \"", kind, "\" is not supported; supported are BPE and WordLevel"));
}

}  // namespace rubato
