// Byte pair encoding: a piece begins as its characters, and the two neighbours whose merge has the lowest
// rank become one token, until no two neighbours merge (Sennrich et al. 2016, arXiv:1508.07909).
//
// Does what `tokenizers` does, id for id. Immutable but for what it remembers; any thread.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/merge_table.h"
#include "text/token_model.h"

namespace rubato {

// The options of `model` in tokenizer.json.
struct BpeOptions {
  std::optional<std::string> unknown_token;  // for a character without a token; without one, it is dropped
  bool fuse_unknown = false;                 // one unknown token for a run of such characters
  bool byte_fallback = false;  // <0x00> to <0xFF> for their bytes, where all of these are tokens
  bool ignore_merges = false;  // a piece that is a token is that token, whatever merges say
};

class Bpe : public TokenModel {
 public:
  // `merges` are between tokens of `vocabulary`.
  Bpe(Vocabulary vocabulary, MergeTable merges, BpeOptions options);

  // INVALID_ARGUMENT: a character has no token, and the unknown token is not in the vocabulary.
  absl::Status Tokenize(std::string_view piece, std::vector<int32_t>* ids) const override;

 private:
  // Whether the merges make a token out of its own text; found out when it is first needed.
  enum Whole : uint8_t { kNotKnown, kWhole, kInParts };

  absl::Status AppendCharacters(std::string_view piece, std::vector<int32_t>* ids) const;
  bool AppendBytes(std::string_view character, std::vector<int32_t>* ids) const;
  int32_t IdOfCharacter(std::string_view character) const;

  MergeTable merges_;
  BpeOptions options_;
  std::optional<int32_t> unknown_;
  std::vector<int32_t> low_characters_;  // ids of the characters below U+0800 by code point, -1 if none
  std::vector<int32_t> bytes_;           // ids of <0x00> to <0xFF>; -1 if none
  std::unique_ptr<std::atomic<uint8_t>[]> whole_;  // Whole, by id
};

}  // namespace rubato
