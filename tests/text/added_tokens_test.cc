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
  absl::Status Add(const std::string& entries) {
    return added_.AddAll(*Json::Parse("[" + entries + "]"), normalizer_, &vocabulary_);
  }

  // Stretches as they are, tokens in brackets.
  std::vector<std::string> Parts(const std::string& text, std::vector<TextRange> content = {},
                                 AddedTokens::Kind kind = AddedTokens::Kind::kVerbatim) const {
    std::vector<std::string> parts;
    for (const TextPart& part : added_.Find(kind, text, content)) {
      const std::string piece = text.substr(part.range.begin, part.range.size());
      parts.push_back(part.added_id < 0 ? piece : "[" + piece + "]");
    }
    return parts;
  }

  Normalizer normalizer_ = *Normalizer::FromJson(*Json::Parse(R"({"type":"NFC"})"));
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
  ASSERT_TRUE(Add(R"({"id":0,"content":"<b","special":true},{"id":1,"content":"<bb","special":true})").ok());
  EXPECT_THAT(Parts("a<bb<b"), ElementsAre("a", "[<bb]", "[<b]"));
}

TEST_F(AddedTokensTest, NormalizedOnesAreLookedForByTheirNormalizedText) {
  ASSERT_TRUE(
      Add(R"({"id":0,"content":"bc","special":true},{"id":1,"content":"e\u0301","special":false})").ok());
  EXPECT_THAT(Parts("abcd\u00e9"), ElementsAre("a", "[bc]", "d\u00e9"));
  EXPECT_THAT(Parts("bcd\u00e9", {}, AddedTokens::Kind::kNormalized), ElementsAre("bcd", "[\u00e9]"));
  EXPECT_EQ(added_.NormalizedText(1), "\u00e9");
}

TEST_F(AddedTokensTest, OnlySpecialOnesAreSpecial) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"a","special":true},{"id":1,"content":"b","special":false})").ok());
  EXPECT_TRUE(added_.IsSpecial(0));
  EXPECT_FALSE(added_.IsSpecial(1));
}

TEST_F(AddedTokensTest, SpecialOnesAreTextWhereTheyTouchContent) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"<b>","special":true})").ok());
  const std::string text = "<b><b><b>";
  EXPECT_THAT(Parts(text, {{3, 6}}), ElementsAre("[<b>]", "<b>", "[<b>]"));
  EXPECT_THAT(Parts(text, {{2, 3}, {8, 9}}), ElementsAre("<b>", "[<b>]", "<b>"));
  EXPECT_THAT(Parts(text, {{0, 1}, {3, 3}}), ElementsAre("<b>", "[<b>]", "[<b>]"));
}

TEST_F(AddedTokensTest, OthersAreTokensInContentToo) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"<b>","special":false,"normalized":false})").ok());
  EXPECT_THAT(Parts("a<b>", {{0, 4}}), ElementsAre("a", "[<b>]"));
}

TEST_F(AddedTokensTest, TakeInTheWhiteSpaceTheyStrip) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"l","special":true,"lstrip":true},
                     {"id":1,"content":"r","special":true,"rstrip":true})")
                  .ok());
  EXPECT_THAT(Parts("a \u3000l b r \n c"), ElementsAre("a", "[ \u3000l]", " b ", "[r \n ]", "c"));
  EXPECT_THAT(Parts("r l"), ElementsAre("[r ]", "[l]"));
}

TEST_F(AddedTokensTest, AreNotFoundInWhiteSpaceThatTheOneBeforeHasTaken) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"r","special":true,"rstrip":true},
                     {"id":1,"content":" ","special":true,"lstrip":true})")
                  .ok());
  EXPECT_THAT(Parts("r  a"), ElementsAre("[r  ]", "a"));
  EXPECT_THAT(Parts("a  b"), ElementsAre("a", "[ ]", "[ ]", "b"));
}

TEST_F(AddedTokensTest, SingleWordsAreNoPartOfAnother) {
  ASSERT_TRUE(Add(R"({"id":0,"content":"a","special":true,"single_word":true})").ok());
  EXPECT_THAT(Parts("a ab \u00e9a a."), ElementsAre("[a]", " ab \u00e9a ", "[a]", "."));
}

TEST_F(AddedTokensTest, AreListedOnce) {
  EXPECT_THAT(std::string(Add(R"({"id":0,"content":"a"},{"id":0,"content":"a"})").message()),
              HasSubstr("\"a\" is listed twice"));
}

TEST_F(AddedTokensTest, MustNotContradictTheVocabulary) {
  ASSERT_TRUE(vocabulary_.Add("a", 1).ok());
  EXPECT_TRUE(Add(R"({"id":1,"content":"a"})").ok());
  EXPECT_THAT(std::string(Add(R"({"id":2,"content":"a"})").message()), HasSubstr("the vocabulary says 1"));
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
