#include "text/regex.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Regex, FindsAllMatches) {
  const auto regex = Regex::Compile("a+");
  ASSERT_TRUE(regex.ok());
  EXPECT_THAT(*regex->FindAll("baab a"), ElementsAre(TextRange{1, 3}, TextRange{5, 6}));
  EXPECT_THAT(*regex->FindAll(""), IsEmpty());
}

TEST(Regex, StepsOverWholeCharactersAfterAnEmptyMatch) {
  const auto regex = Regex::Compile("");
  ASSERT_TRUE(regex.ok());
  EXPECT_THAT(*regex->FindAll("\u00e9a"), ElementsAre(TextRange{0, 0}, TextRange{2, 2}, TextRange{3, 3}));
}

TEST(Regex, TakesALiteralLiterally) {
  const auto regex = Regex::Literal("a+");
  ASSERT_TRUE(regex.ok());
  EXPECT_THAT(*regex->FindAll("aa+"), ElementsAre(TextRange{1, 3}));
}

TEST(Regex, SaysWhatIsWrongWithAPattern) {
  const auto regex = Regex::Compile("a(b");
  ASSERT_FALSE(regex.ok());
  EXPECT_THAT(std::string(regex.status().message()), HasSubstr("pattern \"a(b\" fails at offset 3"));
}

TEST(Regex, GivesUpOnAPatternThatWouldTakeForever) {
  const auto regex = Regex::Compile("(a+)+$");
  ASSERT_TRUE(regex.ok());
  EXPECT_FALSE(regex->FindAll(std::string(60, 'a') + "b").ok());
}

}  // namespace
}  // namespace rubato
