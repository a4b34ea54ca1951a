// What is done to a text before it is cut: nothing, or NFC.
//
// NFC is that of `tokenizers`, whose tables are of Unicode 9: a character that came later is left as it is
// and where it is. utf8proc (Debian 12: 2.8.0, Unicode 15.0) composes what those tables know. Immutable, any
// thread.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

class Normalizer {
 public:
  // From the JSON of `normalizer`: null, NFC, or a Sequence of these.
  // INVALID_ARGUMENT: names the kind that is not supported.
  static absl::StatusOr<Normalizer> FromJson(const Json& json);

  // The normalized form of `text` (valid UTF-8): a view of it when nothing changes, otherwise of `*storage`.
  std::string_view Apply(std::string_view text, std::string* storage) const;

  // Whether the character at byte `at` may become one with the one before it.
  bool JoinsAt(std::string_view text, size_t at) const;

 private:
  bool nfc_ = false;
};

}  // namespace rubato
