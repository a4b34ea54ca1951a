#include "text/utf8_stream.h"

#include "gtest/gtest.h"

namespace rubato {
namespace {

// What is written after each of the bytes, and "|" before what Finish writes.
std::string ByteByByte(std::string_view bytes) {
  Utf8Stream stream;
  std::string text;
  for (const char byte : bytes) stream.Feed(std::string_view(&byte, 1), &text);
  text += "|";
  stream.Finish(&text);
  return text;
}

TEST(Utf8Stream, WritesACharacterWithItsLastByte) {
  Utf8Stream stream;
  std::string text;
  stream.Feed("a\xE6\x97", &text);
  EXPECT_EQ(text, "a");
  stream.Feed("\xA5", &text);
  EXPECT_EQ(text, "a\u65e5");
}

TEST(Utf8Stream, ReplacesWhatCannotBecomeACharacter) {
  EXPECT_EQ(ByteByByte("a\xFF\x80z"), "a\uFFFD\uFFFDz|");
  EXPECT_EQ(ByteByByte("\xE6\x97z"), "\uFFFDz|") << "one for the longest beginning";
  EXPECT_EQ(ByteByByte("\xF0\x9F\x98\xE6"), "\uFFFD|\uFFFD");
  EXPECT_EQ(ByteByByte("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD|") << "a surrogate";
  EXPECT_EQ(ByteByByte("\xE0\x80\xAF"), "\uFFFD\uFFFD\uFFFD|") << "a long form";
  EXPECT_EQ(ByteByByte("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD|") << "beyond U+10FFFF";
}

TEST(Utf8Stream, FinishStartsAnew) {
  Utf8Stream stream;
  std::string text;
  stream.Feed("\xE6", &text);
  stream.Finish(&text);
  stream.Feed("\x97", &text);
  EXPECT_EQ(text, "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace rubato
