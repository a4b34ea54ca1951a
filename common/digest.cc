#include "common/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/concat.h"

namespace rubato {
namespace {

// libcrypto fails here only when the process cannot go on: no memory, or a library without SHA-256.
void Must(int ok) {
  if (ok == 1) return;
  std::fputs("SHA-256 of libcrypto does not work\n", stderr);
  std::abort();
}

}  // namespace

struct Sha256Stream::Context {
  Context() : md(EVP_MD_CTX_new()) {
    Must(md != nullptr && EVP_DigestInit_ex(md, EVP_sha256(), nullptr) == 1);
  }
  ~Context() { EVP_MD_CTX_free(md); }
  EVP_MD_CTX* md;
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Add(std::string_view bytes) {
  Must(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()));
}

Digest Sha256Stream::Finish() {
  Digest digest;
  unsigned size = 0;
  Must(EVP_DigestFinal_ex(context_->md, digest.data(), &size));
  Must(size == digest.size());
  return digest;
}

Digest Sha256(std::string_view bytes) {
  Digest digest;
  unsigned size = 0;
  Must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr));
  return digest;
}

std::string ToHex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string ShortHex(const Digest& digest) { return ToHex(digest).substr(0, 12); }

std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) {
    return absl::InvalidArgumentError(Concat("a SHA-256 digest has 32 bytes, not ", bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace rubato
