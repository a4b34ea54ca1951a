// Tokens that are found in a text as they stand, before anything else cuts it.
//
// Filled while a tokenizer is loaded, then read by any thread.

#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/json.h"
#include "text/normalizer.h"
#include "text/text_range.h"
#include "text/token_trie.h"
#include "text/vocabulary.h"

namespace rubato {

// A part of a text: one added token with the white space it takes in, or a stretch without any.
struct TextPart {
  TextRange range;
  int32_t added_id = -1;  // -1: a stretch

  friend bool operator==(const TextPart&, const TextPart&) = default;
};

class AddedTokens {
 public:
  // Where a token is looked for: first in the text as it is (special ones, as a rule), then in the normalized
  // text of the stretches that are left.
  enum class Kind { kVerbatim, kNormalized };

  // The entries of `added_tokens` of tokenizer.json. The tokens go into `vocabulary`, too, which holds those
  // of the model already; `normalizer` is the tokenizer's. INVALID_ARGUMENT: the field that is wrong, or an
  // id that `tokenizers` would not give.
  absl::Status AddAll(const Json& json, const Normalizer& normalizer, Vocabulary* vocabulary);

  // All parts of `text` in order, none empty. At each place the longest token wins. A special token that
  // touches one of the `content` ranges (sorted, disjoint) is text.
  std::vector<TextPart> Find(Kind kind, std::string_view text, std::span<const TextRange> content = {}) const;

  bool IsSpecial(int32_t id) const;
  bool HasNormalizedSpecial() const { return has_normalized_special_; }
  // The normalized text of a token where it is another than its own; otherwise empty.
  std::string_view NormalizedText(int32_t id) const;

 private:
  struct Entry {
    std::string normalized_text;  // empty: as the token itself
    bool special = false, single_word = false, strips_left = false, strips_right = false;
  };
  absl::Status Add(const Json& json, const Normalizer& normalizer, int32_t* next_id, Vocabulary* vocabulary);

  std::map<int32_t, Entry> entries_;
  TokenTrie verbatim_, normalized_;
  bool has_normalized_special_ = false;
};

}  // namespace rubato
