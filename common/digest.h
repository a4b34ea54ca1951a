// SHA-256.  Free functions are pure; a Sha256Stream belongs to one thread.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

using Digest = std::array<uint8_t, 32>;

Digest Sha256(std::string_view bytes);

// The digest of what was added so far, piece by piece.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void Add(std::string_view bytes);
  // Ends the stream: call once, add nothing afterwards.
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// 64 lower-case hexadecimal digits.
std::string ToHex(const Digest& digest);
// The first 12 of them: enough to tell two apart in a log or a message.
std::string ShortHex(const Digest& digest);
// For `bytes` fields of messages: the 32 bytes themselves, a view into `digest`.
std::string_view AsBytes(const Digest& digest);
// INVALID_ARGUMENT unless there are exactly 32.
absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes);

}  // namespace rubato
