#include "text/utf8.h"

#include "gtest/gtest.h"

namespace rubato {
namespace {

TEST(Utf8, CountsTheBytesOfACharacter) {
  EXPECT_EQ(Utf8CharacterBytes("a", 0), 1u);
  EXPECT_EQ(Utf8CharacterBytes("\u00e9", 0), 2u);
  EXPECT_EQ(Utf8CharacterBytes("\u65e5", 0), 3u);
  EXPECT_EQ(Utf8CharacterBytes("\U0001F600", 0), 4u);
  EXPECT_EQ(Utf8CharacterBytes("", 0), 0u);
}

TEST(Utf8, FindsTheFirstByteThatIsNoCharacter) {
  EXPECT_EQ(FindInvalidUtf8(""), 0u);
  EXPECT_EQ(FindInvalidUtf8("a\u65e5b"), 5u);
  EXPECT_EQ(FindInvalidUtf8("ab\x80"), 2u) << "a stray continuation";
  EXPECT_EQ(FindInvalidUtf8("a\xC3"), 1u) << "cut";
  EXPECT_EQ(FindInvalidUtf8("a\xC3z"), 1u) << "lead without continuation";
  EXPECT_EQ(FindInvalidUtf8("\xC0\xAF"), 0u) << "overlong in two bytes";
  EXPECT_EQ(FindInvalidUtf8("\xE0\x80\xAF"), 0u) << "overlong in three bytes";
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0u) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0u) << "beyond U+10FFFF";
  EXPECT_EQ(FindInvalidUtf8("\xFF"), 0u);
}

}  // namespace
}  // namespace rubato
