// What a tokenizer consists of: the stages that a tokenizer.json describes, in the order they act.
//
// Inside text/ only; immutable once parsed.

#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/digest.h"
#include "text/added_tokens.h"
#include "text/normalizer.h"
#include "text/post_processor.h"
#include "text/pre_tokenizer.h"
#include "text/token_decoder.h"
#include "text/token_model.h"
#include "text/vocabulary.h"

namespace rubato {

struct TokenizerParts {
  AddedTokens added;
  Normalizer normalizer;
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  std::unique_ptr<TokenModel> model;
  PostProcessor post_processor;
  Vocabulary vocabulary;  // of the model and the added tokens together
  TokenDecoder decoder;
  std::optional<int32_t> begin_id, end_id, padding_id;
  Digest digest;
};

// From the texts of tokenizer.json and tokenizer_config.json (empty: absent).
// INVALID_ARGUMENT: names the file, the section and what in it is malformed or not supported.
absl::StatusOr<TokenizerParts> ParseTokenizer(std::string_view tokenizer_json, std::string_view config_json);

}  // namespace rubato
