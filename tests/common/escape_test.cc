#include "common/escape.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(EscapeForTerminal, KeepsPrintableText) {
  EXPECT_EQ(EscapeForTerminal("19-12=7, größer \xe2\x82\xac \xf0\x9f\x8e\xb5"),
            "19-12=7, größer \xe2\x82\xac \xf0\x9f\x8e\xb5");
}

TEST(EscapeForTerminal, TakesThePowerFromControlCharacters) {
  EXPECT_EQ(EscapeForTerminal("\x1b[2J\r\n\t\x07\x7f"), "\\x1b[2J\\r\\n\\t\\x07\\x7f");
  EXPECT_EQ(EscapeForTerminal(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(EscapeForTerminal("\xc2\x9b"
                              "31m"),
            "\\u{009B}31m");
}

TEST(EscapeForTerminal, ShowsWhatHidesOrReorders) {
  EXPECT_EQ(EscapeForTerminal("a\xe2\x80\xae"
                              "b\xe2\x80\x8b"
                              "c\xef\xbb\xbf"),
            "a\\u{202E}b\\u{200B}c\\u{FEFF}");
}

TEST(EscapeForTerminal, WritesInvalidUtf8AsBytes) {
  EXPECT_EQ(EscapeForTerminal("\xff"
                              "a\xc3"),
            "\\xffa\\xc3");                                                  // never a lead; cut short
  EXPECT_EQ(EscapeForTerminal("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(EscapeForTerminal("\xe0\x80\x80"), "\\xe0\\x80\\x80");           // overlong
  EXPECT_EQ(EscapeForTerminal("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(EscapeForTerminal("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(EscapeForTerminal("\xe2\x82"
                              "A"),
            "\\xe2\\x82"
            "A");
}

TEST(EscapeForTerminal, CanBeReadBack) { EXPECT_EQ(EscapeForTerminal("\\x1b"), "\\\\x1b"); }

}  // namespace
}  // namespace rubato
