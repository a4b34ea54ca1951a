#include "text/vocabulary.h"

#include "common/concat.h"

namespace rubato {

absl::Status Vocabulary::Add(std::string_view token, int64_t id) {
  if (token.empty()) return absl::InvalidArgumentError(Concat("id ", id, " is of an empty token"));
  if (id < 0 || id > kLargestId) {
    return absl::InvalidArgumentError(
        Concat("token \"", token, "\" has id ", id, "; ids go from 0 to ", kLargestId));
  }
  if (const std::optional<int32_t> other = IdOf(token); other && *other != id) {
    return absl::InvalidArgumentError(Concat("token \"", token, "\" has two ids: ", *other, " and ", id));
  }
  if (const auto other = TokenOf(static_cast<int32_t>(id)); other && *other != token) {
    return absl::InvalidArgumentError(
        Concat("id ", id, " is of two tokens: \"", *other, "\" and \"", token, "\""));
  }
  if (id >= size()) tokens_.resize(id + 1);
  tokens_[id] = std::string(token);
  ids_.emplace(token, static_cast<int32_t>(id));
  return absl::OkStatus();
}

std::optional<int32_t> Vocabulary::IdOf(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string_view> Vocabulary::TokenOf(int32_t id) const {
  if (id < 0 || id >= size() || tokens_[id].empty()) return std::nullopt;
  return tokens_[id];
}

}  // namespace rubato
