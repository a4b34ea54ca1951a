#include "text/pattern_dialect.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "text/regex.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<TextRange> Find(std::string_view pattern, std::string_view text) {
  const auto translated = ToPcre2(pattern);
  EXPECT_TRUE(translated.ok()) << translated.status();
  const auto regex = Regex::Compile(*translated);
  EXPECT_TRUE(regex.ok()) << regex.status();
  return regex->FindAll(text).value();
}

std::string Refusal(std::string_view pattern) { return std::string(ToPcre2(pattern).status().message()); }

TEST(PatternDialect, SpaceIsWhiteSpaceOfUnicode) {
  EXPECT_THAT(Find(R"(\s)", "\u3000"), ElementsAre(TextRange{0, 3}));
  EXPECT_THAT(Find(R"(\s)", "\u180e"), IsEmpty());
  EXPECT_THAT(Find(R"([^\s])", "\u180e"), ElementsAre(TextRange{0, 3}));
  EXPECT_THAT(Find(R"(\S)", "\u180e"), ElementsAre(TextRange{0, 3}));
}

TEST(PatternDialect, WordsHaveMarks) {
  EXPECT_THAT(Find(R"(\w+)", "e\u0301_\u2160-"), ElementsAre(TextRange{0, 7}));
  EXPECT_THAT(Find(R"([^\w])", "e\u0301"), IsEmpty());
  EXPECT_THAT(Find(R"(\W)", "e\u0301"), IsEmpty());
}

TEST(PatternDialect, LinesHaveEnds) {
  EXPECT_THAT(Find("a$", "a\na"), ElementsAre(TextRange{0, 1}, TextRange{2, 3}));
  EXPECT_THAT(Find("^a", "a\na"), ElementsAre(TextRange{0, 1}, TextRange{2, 3}));
  EXPECT_THAT(Find(".", "\r\n"), ElementsAre(TextRange{0, 1}));
}

TEST(PatternDialect, BracketsAndEscapesStayWhatTheyAre) {
  EXPECT_THAT(Find(R"([]a[:digit:]]+\[)", "]a1["), ElementsAre(TextRange{0, 4}));
  EXPECT_THAT(Find(R"(\p{L}+|\p{N}{1,3})", "ab1234"),
              ElementsAre(TextRange{0, 2}, TextRange{2, 5}, TextRange{5, 6}));
}

TEST(PatternDialect, RefusesByNameWhatMeansSomethingElse) {
  EXPECT_THAT(Refusal(R"(a\h)"), HasSubstr("\\h at offset 1, which is not supported"));
  EXPECT_THAT(Refusal(R"(\b)"), HasSubstr("\\b at offset 0"));
  EXPECT_THAT(Refusal("(?m)a.b"), HasSubstr("the option (?m)"));
  EXPECT_THAT(Refusal("[a&&b]"), HasSubstr("an intersection of classes"));
  EXPECT_THAT(Refusal("[a[bc]]"), HasSubstr("a class within a class"));
  EXPECT_THAT(Refusal("a{1,2}+"), HasSubstr("a + behind a bound"));
}

}  // namespace
}  // namespace rubato
