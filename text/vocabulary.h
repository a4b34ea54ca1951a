// Tokens and their ids, both ways. Filled while a tokenizer is loaded, then read by any thread.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rubato {

class Vocabulary {
 public:
  // Larger ids are refused: a table is as long as its largest id.
  static constexpr int64_t kLargestId = (1 << 24) - 1;

  // OK if exactly this pair is there already. INVALID_ARGUMENT: an empty token, an id out of range, or a
  // token or id that belongs to another one.
  absl::Status Add(std::string_view token, int64_t id);

  std::optional<int32_t> IdOf(std::string_view token) const;
  std::optional<std::string_view> TokenOf(int32_t id) const;
  // One more than the largest id.
  int32_t size() const { return static_cast<int32_t>(tokens_.size()); }

 private:
  std::map<std::string, int32_t, std::less<>> ids_;
  std::vector<std::string> tokens_;  // by id; empty where there is none
};

}  // namespace rubato
