#include "text/added_tokens.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AddedTokensTest : public ::testing::Test {
 protected:
  absl::Status Add(std::string_view json) { return added_.Add(*Json::Parse(json), &vocabulary_); }

  // Stretches as they are, tokens in brackets.
  std::vector<std::string> Parts(std::string_view text) const {
    std::vector<std::string> parts;
    for (const TextPart& part : added_.Find(text)) {
      const std::string piece(part.text);
      parts.push_back(part.added_id < 0 ? piece : "[" + piece + "]");
    }
    return parts;
  }

  Vocabulary vocabulary_;
  AddedTokens added_;
};

TEST_F(AddedTokensTest, AreFoundBetweenStretches) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"<b>","special":true})").ok());
  EXPECT_THAT(Parts("<b>ab<b><b>c"), ElementsAre("[<b>]", "ab", "[<b>]", "[<b>]", "c"));
  EXPECT_THAT(Parts("ab"), ElementsAre("ab"));
  EXPECT_TRUE(Parts("").empty());
}

TEST_F(AddedTokensTest, TheLongestWins) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"<b","special":true})").ok());
  ASSERT_TRUE(Add(R"({"id":1,"content":"<bb","special":true})").ok());
  EXPECT_THAT(Parts("a<bb<b"), ElementsAre("a", "[<bb]", "[<b]"));
}

TEST_F(AddedTokensTest, ThoseNotNormalizedAreFoundFirst) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"bc","special":true})").ok());
  ASSERT_TRUE(Add(R"({"id":1,"content":"abc","special":false})").ok());
  EXPECT_THAT(Parts("abcd"), ElementsAre("a", "[bc]", "d"));
}

TEST_F(AddedTokensTest, OnlySpecialOnesAreSpecial) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"a","special":true})").ok());
  ASSERT_TRUE(Add(R"({"id":1,"content":"b","special":false})").ok());
  EXPECT_TRUE(added_.IsSpecial(0));
  EXPECT_FALSE(added_.IsSpecial(1));
}

TEST_F(AddedTokensTest, UnsupportedOptionsAreRefusedByName) {
  for (const std::string option : {"single_word", "lstrip", "rstrip"}) {
    const absl::Status status = Add(R"({"id":1,"content":"a",")" + option + R"(":true})");
    EXPECT_THAT(std::string(status.message()), HasSubstr(option));
  }
}

TEST_F(AddedTokensTest, MustNotContradictTheVocabulary) {
  ASSERT_TRUE(vocabulary_.Add("a", 1).ok());
  EXPECT_TRUE(Add(R"({"id":1,"content":"a"})").ok());
  EXPECT_FALSE(Add(R"({"id":1,"content":"b"})").ok());
}

TEST_F(AddedTokensTest, ANewOneHasTheNextFreeId) {
  ASSERT_TRUE(vocabulary_.Add("a", 0).ok());
  EXPECT_THAT(std::string(Add(R"({"id":7,"content":"b"})").message()),
              HasSubstr("but the next free id is 1"));
  EXPECT_TRUE(Add(R"({"id":1,"content":"b"})").ok());
}

}  // namespace
}  // namespace rubato
