// Turns one piece of text into tokens of a vocabulary.
//
// A family of small siblings, one per kind in `model` of tokenizer.json. Immutable, any thread.

#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "text/vocabulary.h"

namespace rubato {

class TokenModel {
 public:
  virtual ~TokenModel() = default;

  // Appends the ids of `piece` (valid UTF-8, not empty).
  // INVALID_ARGUMENT: something of it is not in the vocabulary, and there is no unknown token; names it.
  virtual absl::Status Tokenize(std::string_view piece, std::vector<int32_t>* ids) const = 0;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 protected:
  explicit TokenModel(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

 private:
  Vocabulary vocabulary_;
};

}  // namespace rubato
