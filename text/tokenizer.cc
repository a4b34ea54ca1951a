#include "text/tokenizer.h"

#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/tokenizer_parts.h"

namespace rubato {
namespace {

absl::Status CheckUtf8(std::string_view text) {
  for (size_t at = 0, bytes = 0; at < text.size(); at += bytes) {
    bytes = FirstUtf8Character(text.substr(at)).size;
    if (bytes == 0) return absl::InvalidArgumentError(Concat("text is not valid UTF-8 at byte ", at));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Tokenizer> Tokenizer::Load(const std::string& dir) {
  ASSIGN_OR_RETURN(const std::string tokenizer, ReadFile(dir + "/tokenizer.json"));
  std::string config;
  if (const std::string path = dir + "/tokenizer_config.json"; FileExists(path)) {
    ASSIGN_OR_RETURN(config, ReadFile(path));
  }
  absl::StatusOr<Tokenizer> loaded = FromJson(tokenizer, config);
  if (!loaded.ok()) return Annotate(loaded.status(), dir);
  return loaded;
}

absl::StatusOr<Tokenizer> Tokenizer::FromJson(std::string_view tokenizer_json, std::string_view config_json) {
  ASSIGN_OR_RETURN(TokenizerParts parts, ParseTokenizer(tokenizer_json, config_json));
  return Tokenizer(std::make_shared<const TokenizerParts>(std::move(parts)));
}

absl::StatusOr<std::vector<int32_t>> Tokenizer::Encode(std::string_view text, Adding adding) const {
  RETURN_IF_ERROR(CheckUtf8(text));
  std::vector<int32_t> ids;
  if (adding == Adding::kSpecialTokens) ids = parts_->post_processor.before;
  for (const TextPart& part : parts_->added.Find(text)) {
    if (part.added_id >= 0) {
      ids.push_back(part.added_id);
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<std::string_view> pieces, parts_->pre_tokenizer->Split(part.text));
    for (const std::string_view piece : pieces) {
      RETURN_IF_ERROR(Annotate(parts_->model->Tokenize(piece, &ids),
                               Concat("text from byte ", piece.data() - text.data(), " on")));
    }
  }
  if (adding == Adding::kSpecialTokens) {
    ids.insert(ids.end(), parts_->post_processor.after.begin(), parts_->post_processor.after.end());
  }
  return ids;
}

std::string Tokenizer::Decode(std::span<const int32_t> ids, Special special) const {
  std::string text;
  bool first = true;
  for (const int32_t id : ids) {
    const std::optional<std::string_view> token = TokenOf(id);
    if (!token || (special == Special::kSkip && IsSpecial(id))) continue;
    if (!first) text += parts_->separator;
    text += *token;
    first = false;
  }
  return text;
}

int32_t Tokenizer::size() const { return parts_->vocabulary.size(); }

std::optional<int32_t> Tokenizer::IdOf(std::string_view token) const {
  return parts_->vocabulary.IdOf(token);
}

std::optional<std::string_view> Tokenizer::TokenOf(int32_t id) const {
  return parts_->vocabulary.TokenOf(id);
}

bool Tokenizer::IsSpecial(int32_t id) const { return parts_->added.IsSpecial(id); }

std::optional<int32_t> Tokenizer::begin_id() const { return parts_->begin_id; }

std::optional<int32_t> Tokenizer::end_id() const { return parts_->end_id; }

std::optional<int32_t> Tokenizer::padding_id() const { return parts_->padding_id; }

const Digest& Tokenizer::digest() const { return parts_->digest; }

}  // namespace rubato
