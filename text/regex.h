// A regular expression over UTF-8 text (PCRE2, Unicode properties on).
//
// Immutable after Compile, any thread. Matching is bounded, so that no text and pattern together can hang a
// role.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "text/text_range.h"

namespace rubato {

class Regex {
 public:
  // INVALID_ARGUMENT: what is wrong with the pattern, and at which offset.
  static absl::StatusOr<Regex> Compile(std::string_view pattern);
  // One that matches exactly `text`.
  static absl::StatusOr<Regex> Literal(std::string_view text);

  // All matches from left to right, not overlapping, empty ones included; after an empty one the search goes
  // on one character further. `text` is valid UTF-8. INVALID_ARGUMENT: the pattern needs too many steps on
  // this text.
  absl::StatusOr<std::vector<TextRange>> FindAll(std::string_view text) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace rubato
