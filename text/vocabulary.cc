#include "text/vocabulary.h"

#include <functional>

#include "common/concat.h"

namespace rubato {

size_t Vocabulary::SlotOf(std::string_view token) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = std::hash<std::string_view>()(token) & mask;
  while (slots_[slot] >= 0 && tokens_[slots_[slot]] != token) slot = (slot + 1) & mask;
  return slot;
}

void Vocabulary::Grow() {
  slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), -1);
  for (int32_t id = 0; id < size(); ++id) {
    if (!tokens_[id].empty()) slots_[SlotOf(tokens_[id])] = id;
  }
}

absl::Status Vocabulary::Add(std::string_view token, int64_t id) {
  if (token.empty()) return absl::InvalidArgumentError(Concat("id ", id, " is of an empty token"));
  if (id < 0 || id > kLargestId) {
    return absl::InvalidArgumentError(
        Concat("token \"", token, "\" has id ", id, "; ids go from 0 to ", kLargestId));
  }
  if (const std::optional<int32_t> other = IdOf(token)) {
    if (*other == id) return absl::OkStatus();
    return absl::InvalidArgumentError(Concat("token \"", token, "\" has two ids: ", *other, " and ", id));
  }
  if (const auto other = TokenOf(static_cast<int32_t>(id))) {
    return absl::InvalidArgumentError(
        Concat("id ", id, " is of two tokens: \"", *other, "\" and \"", token, "\""));
  }
  if (id >= size()) tokens_.resize(id + 1);
  if (2 * (static_cast<size_t>(count_) + 1) > slots_.size()) Grow();
  slots_[SlotOf(token)] = static_cast<int32_t>(id);
  tokens_[id] = std::string(token);
  ++count_;
  return absl::OkStatus();
}

std::optional<int32_t> Vocabulary::IdOf(std::string_view token) const {
  if (slots_.empty() || token.empty()) return std::nullopt;
  const int32_t id = slots_[SlotOf(token)];
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<std::string_view> Vocabulary::TokenOf(int32_t id) const {
  if (id < 0 || id >= size() || tokens_[id].empty()) return std::nullopt;
  return tokens_[id];
}

}  // namespace rubato
