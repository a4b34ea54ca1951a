#include "text/added_tokens.h"

#include <algorithm>

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status RefuseOptions(const Json& json, std::string_view content) {
  for (const char* key : {"single_word", "lstrip", "rstrip"}) {
    ASSIGN_OR_RETURN(const bool set, json.GetBoolOr(key, false));
    if (set) {
      return absl::InvalidArgumentError(
          Concat("token \"", content, "\" has \"", key, "\", which is not supported"));
    }
  }
  return absl::OkStatus();
}

// `tokenizers` gives a new token the next free id, whatever the file says.
absl::Status CheckNextFree(std::string_view content, int64_t id, const Vocabulary& vocabulary) {
  if (id == vocabulary.size() || vocabulary.IdOf(content) || vocabulary.TokenOf(static_cast<int32_t>(id))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat("token \"", content, "\" has id ", id, ", but the next free id is ", vocabulary.size()));
}

}  // namespace

absl::Status AddedTokens::Add(const Json& json, Vocabulary* vocabulary) {
  ASSIGN_OR_RETURN(const std::string content, json.GetString("content"));
  ASSIGN_OR_RETURN(const int64_t id, json.GetInt("id"));
  ASSIGN_OR_RETURN(const bool special, json.GetBoolOr("special", false));
  ASSIGN_OR_RETURN(const bool normalized, json.GetBoolOr("normalized", !special));
  RETURN_IF_ERROR(RefuseOptions(json, content));
  RETURN_IF_ERROR(CheckNextFree(content, id, *vocabulary));
  RETURN_IF_ERROR(vocabulary->Add(content, id));

  std::vector<Entry>& entries = normalized ? normalized_ : verbatim_;
  entries.push_back({content, static_cast<int32_t>(id)});
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.text.size() > b.text.size(); });
  if (special) special_.insert(static_cast<int32_t>(id));
  return absl::OkStatus();
}

std::vector<TextPart> AddedTokens::Find(std::string_view text) const {
  std::vector<TextPart> parts;
  for (const TextPart& part : FindOf(verbatim_, text)) {
    if (part.added_id >= 0) {
      parts.push_back(part);
      continue;
    }
    for (const TextPart& inner : FindOf(normalized_, part.text)) parts.push_back(inner);
  }
  return parts;
}

std::vector<TextPart> AddedTokens::FindOf(const std::vector<Entry>& entries, std::string_view text) {
  std::vector<TextPart> parts;
  size_t stretch = 0;  // where the stretch without tokens begins
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return rest.starts_with(entry.text); });
    if (found == entries.end()) {
      ++at;
      continue;
    }
    if (stretch < at) parts.push_back({text.substr(stretch, at - stretch)});
    parts.push_back({rest.substr(0, found->text.size()), found->id});
    at += found->text.size();
    stretch = at;
  }
  if (stretch < text.size()) parts.push_back({text.substr(stretch)});
  return parts;
}

}  // namespace rubato
