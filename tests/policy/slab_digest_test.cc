#include "policy/slab_digest.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace rubato {
namespace {

std::vector<std::byte> Bytes(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 131 >> 3);
  return bytes;
}

std::string_view Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(SlabDigest, IsTheDigestOfTheDigestsOfFourMebibyteChunks) {
  const std::vector<std::byte> bytes = Bytes(2 * kSlabChunkBytes + 12);
  const SlabDigest digest = DigestSlab(bytes);
  ASSERT_EQ(digest.chunks.size(), 3u);
  std::string joined;
  for (size_t i = 0; i < 3; ++i) {
    const Digest chunk = Sha256(Text(bytes).substr(i * kSlabChunkBytes, kSlabChunkBytes));
    EXPECT_EQ(digest.chunks[i], chunk);
    joined += AsBytes(chunk);
  }
  EXPECT_EQ(digest.version, Sha256(joined));
}

TEST(SlabDigest, HasOneChunkForASmallSlabAndNoEmptyOneAtTheEnd) {
  EXPECT_EQ(DigestSlab(Bytes(4)).chunks.size(), 1u);
  EXPECT_EQ(DigestSlab(Bytes(kSlabChunkBytes)).chunks.size(), 1u);
}

TEST(SlabDigest, ChangesWithEveryBit) {
  std::vector<std::byte> bytes = Bytes(kSlabChunkBytes + 4);
  const Digest before = DigestSlab(bytes).version;
  bytes.back() ^= std::byte{1};
  EXPECT_NE(DigestSlab(bytes).version, before);
}

}  // namespace
}  // namespace rubato
