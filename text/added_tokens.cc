#include "text/added_tokens.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/concat.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/character_class.h"

namespace rubato {
namespace {

// Whether one of `ranges` shares a byte with `range`.
bool Touches(std::span<const TextRange> ranges, TextRange range) {
  const auto first = std::partition_point(ranges.begin(), ranges.end(),
                                          [&](const TextRange& other) { return other.end <= range.begin; });
  return first != ranges.end() && first->begin < range.end;
}

// Where the character before byte `at` begins; `at` is not 0.
size_t PreviousCharacter(std::string_view text, size_t at) {
  do --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

bool HasClass(std::string_view text, size_t at, CharacterClass wanted) {
  return (ClassesOf(FirstUtf8Character(text.substr(at)).code_point) & wanted) != 0;
}

bool IsSingleWord(std::string_view text, TextRange range) {
  const bool after_word = range.begin > 0 && HasClass(text, PreviousCharacter(text, range.begin), kWordClass);
  const bool before_word = range.end < text.size() && HasClass(text, range.end, kWordClass);
  return !after_word && !before_word;
}

size_t StripLeft(std::string_view text, size_t begin, size_t lowest) {
  while (begin > lowest) {
    const size_t previous = PreviousCharacter(text, begin);
    if (!HasClass(text, previous, kSpaceClass)) break;
    begin = previous;
  }
  return begin;
}

size_t StripRight(std::string_view text, size_t end) {
  while (end < text.size() && HasClass(text, end, kSpaceClass)) {
    end += FirstUtf8Character(text.substr(end)).size;
  }
  return end;
}

}  // namespace

absl::Status AddedTokens::AddAll(const Json& json, const Normalizer& normalizer, Vocabulary* vocabulary) {
  if (!json.is_null() && !json.is_array()) {
    return absl::InvalidArgumentError(Concat("holds ", json.TypeName(), ", a list is needed"));
  }
  // `tokenizers` numbers tokens that the model does not have from the number of the model's on, whatever the
  // file says.
  int32_t next_id = vocabulary->count();
  for (const Json& entry : json.array()) RETURN_IF_ERROR(Add(entry, normalizer, &next_id, vocabulary));
  return absl::OkStatus();
}

absl::Status AddedTokens::Add(const Json& json, const Normalizer& normalizer, int32_t* next_id,
                              Vocabulary* vocabulary) {
  ASSIGN_OR_RETURN(const std::string content, json.GetString("content"));
  if (content.empty()) return absl::OkStatus();  // as `tokenizers` does
  ASSIGN_OR_RETURN(const int64_t id, json.GetInt("id"));
  const std::optional<int32_t> known = vocabulary->IdOf(content);
  const int32_t given = known ? *known : (*next_id)++;
  if (id != given) {
    return absl::InvalidArgumentError(Concat("token \"", content, "\" has id ", id, ", but ",
                                             known ? "the vocabulary says " : "the next free id is ", given));
  }
  RETURN_IF_ERROR(vocabulary->Add(content, id));

  Entry entry;
  ASSIGN_OR_RETURN(entry.special, json.GetBoolOr("special", false));
  ASSIGN_OR_RETURN(entry.single_word, json.GetBoolOr("single_word", false));
  ASSIGN_OR_RETURN(entry.strips_left, json.GetBoolOr("lstrip", false));
  ASSIGN_OR_RETURN(entry.strips_right, json.GetBoolOr("rstrip", false));
  ASSIGN_OR_RETURN(const bool normalized, json.GetBoolOr("normalized", !entry.special));
  if (normalized) {
    std::string storage;
    const std::string_view text = normalizer.Apply(content, &storage);
    if (text != content) entry.normalized_text = text;
    has_normalized_special_ |= entry.special;
    normalized_.Add(text, given);
  } else {
    verbatim_.Add(content, given);
  }
  if (!entries_.emplace(given, std::move(entry)).second) {
    return absl::InvalidArgumentError(Concat("token \"", content, "\" is listed twice"));
  }
  return absl::OkStatus();
}

std::vector<TextPart> AddedTokens::Find(Kind kind, std::string_view text,
                                        std::span<const TextRange> content) const {
  const TokenTrie& trie = kind == Kind::kVerbatim ? verbatim_ : normalized_;
  std::vector<TextPart> parts;
  size_t stretch = 0;  // where the stretch without tokens begins
  for (size_t at = 0; at < text.size();) {
    if (!trie.MayBeginWith(text[at])) {
      ++at;
      continue;
    }
    const TokenTrie::Match match = trie.Longest(text.substr(at), [&](const TokenTrie::Match& token) {
      return !IsSpecial(token.id) || !Touches(content, {at, at + token.size});
    });
    if (match.id < 0) {
      ++at;
      continue;
    }
    TextRange range = {at, at + match.size};
    at = range.end;
    const Entry& entry = entries_.at(match.id);
    if (entry.single_word && !IsSingleWord(text, range)) continue;
    if (entry.strips_left) {
      range.begin = range.begin > stretch ? StripLeft(text, range.begin, stretch) : stretch;
    }
    if (entry.strips_right) range.end = StripRight(text, range.end);
    if (range.begin >= range.end) continue;  // space that the token before has taken
    if (stretch < range.begin) parts.push_back({{stretch, range.begin}});
    parts.push_back({range, match.id});
    stretch = range.end;
  }
  if (stretch < text.size()) parts.push_back({{stretch, text.size()}});
  return parts;
}

bool AddedTokens::IsSpecial(int32_t id) const {
  const auto entry = entries_.find(id);
  return entry != entries_.end() && entry->second.special;
}

std::string_view AddedTokens::NormalizedText(int32_t id) const {
  const auto entry = entries_.find(id);
  return entry == entries_.end() ? std::string_view() : entry->second.normalized_text;
}

}  // namespace rubato
