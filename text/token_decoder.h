// How the tokens of a sequence become its text, as `decoder` of tokenizer.json says.

#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

struct TokenDecoder {
  std::string_view separator = " ";  // what stands between two tokens
  bool maps_bytes = false;           // the characters of a token stand for bytes (byte_level.h)
};

// From the JSON of `decoder`: null, ByteLevel, Fuse, or a Sequence of these.
// INVALID_ARGUMENT: names the kind that is not supported, or the field that is wrong.
absl::StatusOr<TokenDecoder> ParseTokenDecoder(const Json& json);

}  // namespace rubato
