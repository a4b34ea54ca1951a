// The first cut of a text: into pieces that no token crosses.
//
// A family of small siblings, one per kind in `pre_tokenizer` of tokenizer.json. Immutable, any thread.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;

  // Pieces of `text` (valid UTF-8) in order, none of them empty; what is dropped is in no piece. Views into
  // `text`. INVALID_ARGUMENT: the text is too much for a pattern.
  virtual absl::StatusOr<std::vector<std::string_view>> Split(std::string_view text) const = 0;
};

// From the JSON of one pre-tokenizer; null keeps a text whole.
// INVALID_ARGUMENT: names the kind that is not supported, or the field that is wrong.
absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const Json& json);

}  // namespace rubato
