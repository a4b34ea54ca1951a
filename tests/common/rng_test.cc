#include "common/rng.h"

#include <gtest/gtest.h>

#include <set>

namespace rubato {
namespace {

// Known answers of Random123 1.14, tests/kat_vectors, philox4x32 10.
TEST(Philox, HasTheKnownAnswers) {
  EXPECT_EQ(Philox({{0, 0}}, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t f = 0xffffffff;
  EXPECT_EQ(Philox({{f, f}}, {f, f, f, f}), (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox({{0xa4093822, 0x299f31d0}}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, TakesItsKeyFromTheHalvesOfANumber) {
  const PhiloxKey key = PhiloxKeyFrom(0x1122334455667788);
  EXPECT_EQ(key.k[0], 0x55667788u);
  EXPECT_EQ(key.k[1], 0x11223344u);
}

TEST(Uniform, IsNeverOne) {
  EXPECT_EQ(UniformFloat(0), 0.0f);
  EXPECT_LT(UniformFloat(0xffffffff), 1.0f);
  EXPECT_EQ(UniformDouble(0), 0.0);
  EXPECT_LT(UniformDouble(~uint64_t{0}), 1.0);
  EXPECT_EQ(UniformDouble(uint64_t{1} << 63), 0.5);
}

TEST(UniformIndex, CoversTheWholeRangeAndNoMore) {
  EXPECT_EQ(UniformIndex(0, 10), 0u);
  EXPECT_EQ(UniformIndex(~uint64_t{0}, 10), 9u);
  EXPECT_EQ(UniformIndex(uint64_t{1} << 63, 10), 5u);
}

// Changing it would change every run's samples: sha256("") begins e3b0c44298fc1c14.
TEST(Hash64, IsTheBeginningOfSha256) { EXPECT_EQ(Hash64(""), 0x141cfc9842c4b0e3u); }

TEST(Words, JoinLowFirst) {
  const PhiloxBlock block = {1, 2, 3, 4};
  EXPECT_EQ(Low64(block), 0x200000001u);
  EXPECT_EQ(High64(block), 0x400000003u);
}

}  // namespace
}  // namespace rubato
