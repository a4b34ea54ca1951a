// Tokens and their ids, both ways. Filled while a tokenizer is loaded, then read by any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rubato {

class Vocabulary {
 public:
  // Larger ids are refused: a table is as long as its largest id.
  static constexpr int64_t kLargestId = (1 << 22) - 1;

  // OK if exactly this pair is there already. INVALID_ARGUMENT: an empty token, an id out of range, or a
  // token or id that belongs to another one.
  absl::Status Add(std::string_view token, int64_t id);

  std::optional<int32_t> IdOf(std::string_view token) const;
  std::optional<std::string_view> TokenOf(int32_t id) const;
  // One more than the largest id.
  int32_t size() const { return static_cast<int32_t>(tokens_.size()); }
  // Of tokens; less than size() where ids are left out.
  int32_t count() const { return count_; }

 private:
  struct Slot {
    uint32_t hash = 0;
    int32_t id = -1;  // -1: free
  };
  // The slot of a token with this hash, or the free one where it would be.
  size_t SlotOf(uint32_t hash, std::string_view token) const;
  void Grow();

  std::vector<std::string> tokens_;  // by id; empty where there is none
  std::vector<Slot> slots_;          // by the hash of the token; a power of two
  int32_t count_ = 0;
};

}  // namespace rubato
