#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

// Walks over the JSON text of a safetensors header, whose shape is known in advance, token by token: it
// builds no tree and does not recurse, so a hostile header costs no more than its own size.  JSON of RFC
// 8259; the text must be UTF-8, which the caller checks.
//
// Errors are INVALID_ARGUMENT "byte N of the header: ...".  A value; belongs to one thread.
class HeaderCursor {
 public:
  explicit HeaderCursor(std::string_view text) : text_(text) {}

  // The list or object begins here: `token` is '[' or '{'.
  absl::Status Open(char token);
  // Whether the list or object has another element, which then comes next.  Eats commas and, at the end,
  // `close`.
  absl::StatusOr<bool> Another(char close);
  // A member's name with its colon.
  absl::StatusOr<std::string> Key();

  absl::StatusOr<std::string> String();
  // A whole number of 0 or more that fits, without sign, fraction or exponent.
  absl::StatusOr<int64_t> Size();
  // Nothing but white space follows.
  absl::Status End();

  absl::Status Error(std::string_view what) const;

 private:
  bool Skip(char token);  // after white space
  absl::Status AppendEscape(std::string* out);
  absl::StatusOr<uint32_t> FourHexDigits();

  std::string_view text_;
  size_t at_ = 0;
  bool first_ = true;  // nothing of the innermost list or object was read yet
};

}  // namespace rubato
