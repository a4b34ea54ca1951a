// Tokens that are found in a text as they stand, before anything else cuts it.
//
// Filled while a tokenizer is loaded, then read by any thread.

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/json.h"
#include "text/vocabulary.h"

namespace rubato {

// A part of a text: one added token, or a stretch without any.
struct TextPart {
  std::string_view text;
  int32_t added_id = -1;  // -1: a stretch
};

class AddedTokens {
 public:
  // One entry of `added_tokens` of tokenizer.json; its token goes into `vocabulary`, too.
  // INVALID_ARGUMENT: the field that is wrong, or the option that is not supported.
  absl::Status Add(const Json& json, Vocabulary* vocabulary);

  // All parts of `text` in order, none empty. At each place the longest token wins; tokens that are not to be
  // normalized (special ones, as a rule) are looked for first in the whole text, the others in what is left.
  std::vector<TextPart> Find(std::string_view text) const;

  bool IsSpecial(int32_t id) const { return special_.contains(id); }

 private:
  struct Entry {
    std::string text;
    int32_t id;
  };
  static std::vector<TextPart> FindOf(const std::vector<Entry>& entries, std::string_view text);

  std::vector<Entry> verbatim_, normalized_;  // longest first
  std::set<int32_t> special_;
};

}  // namespace rubato
