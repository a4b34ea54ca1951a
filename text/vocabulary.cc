#include "text/vocabulary.h"

#include <functional>

#include "common/concat.h"

namespace rubato {

namespace {

uint32_t Hash(std::string_view token) { return static_cast<uint32_t>(std::hash<std::string_view>()(token)); }

}  // namespace

size_t Vocabulary::SlotOf(uint32_t hash, std::string_view token) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const Slot& found = slots_[slot];
    if (found.id < 0 || (found.hash == hash && tokens_[found.id] == token)) return slot;
  }
}

void Vocabulary::Grow() {
  std::vector<Slot> before(slots_.empty() ? 64 : 2 * slots_.size());
  before.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.id < 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].id >= 0) at = (at + 1) & mask;
    slots_[at] = slot;
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
  const uint32_t hash = Hash(token);
  slots_[SlotOf(hash, token)] = {hash, static_cast<int32_t>(id)};
  tokens_[id] = std::string(token);
  ++count_;
  return absl::OkStatus();
}

std::optional<int32_t> Vocabulary::IdOf(std::string_view token) const {
  if (slots_.empty() || token.empty()) return std::nullopt;
  const int32_t id = slots_[SlotOf(Hash(token), token)].id;
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<std::string_view> Vocabulary::TokenOf(int32_t id) const {
  if (id < 0 || id >= size() || tokens_[id].empty()) return std::nullopt;
  return tokens_[id];
}

}  // namespace rubato
