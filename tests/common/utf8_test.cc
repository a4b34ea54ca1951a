#include "common/utf8.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(Utf8, ReadsTheFirstCharacter) {
  EXPECT_EQ(FirstUtf8Character("\xe2\x82\xacx").code_point, 0x20ACu);
  EXPECT_EQ(FirstUtf8Character("\xe2\x82\xacx").size, 3u);
  EXPECT_EQ(FirstUtf8Character("").size, 0u);
}

TEST(Utf8, AcceptsTheWholeRange) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

TEST(Utf8, RefusesEveryMalformedForm) {
  for (const char* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x82", "\xe2(\xa1"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

}  // namespace
}  // namespace rubato
