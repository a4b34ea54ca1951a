// Text to token ids and back, as a Hugging Face `tokenizer.json` says.
//
// What is in the file is done as the `tokenizers` library does it, id for id; a kind of normalizer,
// pre-tokenizer, model, post-processor or decoder that is not supported is refused by name when the file is
// loaded, never ignored. Supported: normalizer NFC; pre-tokenizers Split, ByteLevel, Whitespace,
// WhitespaceSplit and Digits; models BPE and WordLevel; post-processors TemplateProcessing and ByteLevel;
// decoders ByteLevel and Fuse; Sequences of these; added and special tokens. `truncation` and `padding` must
// be null. What tokenizer_config.json says about adding tokens (`add_bos_token`) is not used: the
// post-processor alone decides.
//
// Owned by the role that loaded it. Immutable after Load: any thread may use it, moves and copies are cheap.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/digest.h"
#include "text/text_range.h"

namespace rubato {

struct TokenizerParts;

class Tokenizer {
 public:
  // Whether Encode adds what the post-processor adds around a text (a begin token, say).
  enum class Adding { kSpecialTokens, kNothing };
  // Whether Decode writes tokens that are marked special.
  enum class Special { kKeep, kSkip };

  struct EncodeOptions {
    Adding adding = Adding::kSpecialTokens;
    // The bytes of the text that others wrote (the content of chat messages): sorted, disjoint. No special
    // token is seen in them, nor one that begins or ends in them: what looks like one is text there. Added
    // tokens that are not special are tokens everywhere.
    std::span<const TextRange> content = {};
  };

  // Reads `dir`/tokenizer.json and, where it exists, the names of the begin, end and padding tokens from
  // `dir`/tokenizer_config.json.
  // NOT_FOUND: no tokenizer.json there. INVALID_ARGUMENT: names the file and what in it is malformed or
  // unsupported.
  static absl::StatusOr<Tokenizer> Load(const std::string& dir);

  // The same from the texts of the two files; an empty `config_json` names no tokens.
  static absl::StatusOr<Tokenizer> FromJson(std::string_view tokenizer_json,
                                            std::string_view config_json = "");

  // INVALID_ARGUMENT: `text` is not valid UTF-8, with the byte offset; it holds something that is in no
  // vocabulary of a WordLevel model without an unknown token, or is too much for a pattern. (BPE drops bytes
  // that are in no vocabulary, as `tokenizers` does.)
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text, const EncodeOptions& options) const;
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              Adding adding = Adding::kSpecialTokens) const;

  // Ids outside the vocabulary are written as nothing, bytes that are no UTF-8 as U+FFFD, as `tokenizers`
  // does.
  std::string Decode(std::span<const int32_t> ids, Special special = Special::kKeep) const;

  // One more than the largest id, added tokens included. A model's logits may be wider.
  int32_t size() const;
  // Of exactly this text as one token, from the vocabulary or the added tokens.
  std::optional<int32_t> IdOf(std::string_view token) const;
  // The text of a token; nothing for an id outside the vocabulary.
  std::optional<std::string_view> TokenOf(int32_t id) const;
  bool IsSpecial(int32_t id) const;

  // As tokenizer_config.json names them.
  std::optional<int32_t> begin_id() const;
  std::optional<int32_t> end_id() const;
  std::optional<int32_t> padding_id() const;

  // SHA-256 of the bytes of tokenizer.json: two roles with the same digest tokenize alike.
  const Digest& digest() const;

 private:
  friend class StreamingDecoder;
  // Appends the bytes that a token stands for, which need not be whole characters; false: there is no such
  // token. `first`: nothing was decoded before it.
  bool AppendDecoded(int32_t id, bool first, std::string* bytes) const;

  explicit Tokenizer(std::shared_ptr<const TokenizerParts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const TokenizerParts> parts_;
};

}  // namespace rubato
