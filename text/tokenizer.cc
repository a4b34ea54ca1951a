#include "text/tokenizer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/byte_level.h"
#include "text/tokenizer_parts.h"
#include "text/utf8_stream.h"

namespace rubato {
namespace {

absl::Status CheckUtf8(std::string_view text) {
  for (size_t at = 0, bytes = 0; at < text.size(); at += bytes) {
    bytes = FirstUtf8Character(text.substr(at)).size;
    if (bytes == 0) return absl::InvalidArgumentError(Concat("text is not valid UTF-8 at byte ", at));
  }
  return absl::OkStatus();
}

// The content ranges as they lie in the normalized form of one stretch. A range whose edge was composed with
// its neighbour reaches over that one, too.
std::vector<TextRange> ContentOfStretch(const Normalizer& normalizer, std::string_view stretch, size_t offset,
                                        std::span<const TextRange> content) {
  const auto moved = [&](size_t at) {
    std::string storage;
    return normalizer.Apply(stretch.substr(0, at), &storage).size();
  };
  std::vector<TextRange> ranges;
  for (const TextRange& range : content) {
    if (range.end <= offset || range.begin >= offset + stretch.size()) continue;
    const size_t begin = std::max(range.begin, offset) - offset;
    const size_t end = std::min(range.end - offset, stretch.size());
    const size_t before = normalizer.JoinsAt(stretch, begin) ? 1 : 0;
    const size_t after = normalizer.JoinsAt(stretch, end) ? 1 : 0;
    ranges.push_back({moved(begin) - std::min(moved(begin), before), moved(end) + after});
  }
  return ranges;
}

std::string From(size_t byte) { return Concat("text from byte ", byte, " on"); }

// Where `piece` begins in `text`; nothing if it is a part of another text.
std::optional<size_t> OffsetOf(std::string_view piece, std::string_view text) {
  const std::less<const char*> before;  // orders all pointers
  if (before(piece.data(), text.data()) || before(text.data() + text.size(), piece.data()))
    return std::nullopt;
  return static_cast<size_t>(piece.data() - text.data());
}

// Appends the ids of a stretch without tokens that are looked for verbatim.
absl::Status EncodeStretch(const TokenizerParts& parts, std::string_view text, TextRange range,
                           std::span<const TextRange> content, std::vector<int32_t>* ids) {
  std::string storage;
  const std::string_view stretch = text.substr(range.begin, range.size());
  const std::string_view normalized = parts.normalizer.Apply(stretch, &storage);
  std::vector<TextRange> inner;
  if (parts.added.HasNormalizedSpecial())
    inner = ContentOfStretch(parts.normalizer, stretch, range.begin, content);
  for (const TextPart& part : parts.added.Find(AddedTokens::Kind::kNormalized, normalized, inner)) {
    if (part.added_id >= 0) {
      ids->push_back(part.added_id);
      continue;
    }
    Pieces pieces;
    pieces.views.push_back(normalized.substr(part.range.begin, part.range.size()));
    RETURN_IF_ERROR(Annotate(parts.pre_tokenizer->Cut(&pieces), From(range.begin)));
    for (const std::string_view piece : pieces.views) {
      if (const absl::Status status = parts.model->Tokenize(piece, ids); !status.ok()) {
        return Annotate(status, From(OffsetOf(piece, text).value_or(range.begin)));
      }
    }
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
  return Encode(text, EncodeOptions{adding, {}});
}

absl::StatusOr<std::vector<int32_t>> Tokenizer::Encode(std::string_view text,
                                                       const EncodeOptions& options) const {
  RETURN_IF_ERROR(CheckUtf8(text));
  std::vector<int32_t> ids;
  const bool adds = options.adding == Adding::kSpecialTokens;
  if (adds) ids = parts_->post_processor.before;
  for (const TextPart& part : parts_->added.Find(AddedTokens::Kind::kVerbatim, text, options.content)) {
    if (part.added_id >= 0) {
      ids.push_back(part.added_id);
      continue;
    }
    RETURN_IF_ERROR(EncodeStretch(*parts_, text, part.range, options.content, &ids));
  }
  if (adds) ids.insert(ids.end(), parts_->post_processor.after.begin(), parts_->post_processor.after.end());
  return ids;
}

bool Tokenizer::AppendDecoded(int32_t id, bool first, std::string* bytes) const {
  std::optional<std::string_view> token = TokenOf(id);
  if (!token) return false;
  if (const std::string_view normalized = parts_->added.NormalizedText(id); !normalized.empty()) {
    token = normalized;
  }
  if (!first) bytes->append(parts_->decoder.separator);
  if (parts_->decoder.maps_bytes) {
    AppendBytesOf(*token, bytes);
  } else {
    bytes->append(*token);
  }
  return true;
}

std::string Tokenizer::Decode(std::span<const int32_t> ids, Special special) const {
  std::string bytes, text;
  bool first = true;
  for (const int32_t id : ids) {
    if (special == Special::kSkip && IsSpecial(id)) continue;
    if (AppendDecoded(id, first, &bytes)) first = false;
  }
  Utf8Stream characters;
  characters.Feed(bytes, &text);
  characters.Finish(&text);
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
