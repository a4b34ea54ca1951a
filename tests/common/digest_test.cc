#include "common/digest.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

// FIPS 180-2, appendix B.1.
constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, IsSha256) {
  EXPECT_EQ(ToHex(Sha256("abc")), kOfAbc);
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, OfAStreamDoesNotDependOnThePieces) {
  Sha256Stream stream;
  stream.Add("a");
  stream.Add("");
  stream.Add("bc");
  Sha256Stream moved = std::move(stream);
  EXPECT_EQ(ToHex(moved.Finish()), kOfAbc);
}

TEST(Digest, ComesBackFromItsBytes) {
  const Digest digest = Sha256("x");
  EXPECT_EQ(*DigestFromBytes(AsBytes(digest)), digest);
  EXPECT_EQ(DigestFromBytes("short").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Digest, HasAShortForm) { EXPECT_EQ(ShortHex(Sha256("abc")), "ba7816bf8f01"); }

}  // namespace
}  // namespace rubato
