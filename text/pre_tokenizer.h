// The cut of a text into pieces that no token crosses.
//
// A family of small siblings, one per kind in `pre_tokenizer` of tokenizer.json. Immutable, any thread.

#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

// Pieces of a text in order, none of them empty: parts of the text itself, or of texts made from it.
struct Pieces {
  std::vector<std::string_view> views;
  std::deque<std::string> made;  // what views of made texts point into
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;

  // Cuts every piece (valid UTF-8) further; what is dropped is in no piece.
  // INVALID_ARGUMENT: a piece is too much for a pattern.
  virtual absl::Status Cut(Pieces* pieces) const = 0;
};

// From the JSON of one pre-tokenizer; null leaves all pieces as they are.
// INVALID_ARGUMENT: names the kind that is not supported, or the field that is wrong.
absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const Json& json);

}  // namespace rubato
