#include "tasks/arithmetic.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;

// The value as a whole number; nothing if it is none or the text is no expression.
std::optional<int64_t> Value(std::string_view text) {
  const auto parsed = Arithmetic::Parse(text);
  if (!parsed || parsed->value().numerator % parsed->value().denominator != 0) return std::nullopt;
  return static_cast<int64_t>(parsed->value().numerator / parsed->value().denominator);
}

TEST(Arithmetic, FollowsPrecedenceAndParentheses) {
  EXPECT_EQ(Value("2+3*4"), 14);
  EXPECT_EQ(Value("(2+3)*4"), 20);
  EXPECT_EQ(Value("20-5-3"), 12);
  EXPECT_EQ(Value("20-(5-3)"), 18);
  EXPECT_EQ(Value("24/4/2"), 3);
  EXPECT_EQ(Value("24/(4/2)"), 12);
  EXPECT_EQ(Value("((7))"), 7);
}

TEST(Arithmetic, IsExactThroughFractions) {
  EXPECT_EQ(Value("1/3*3"), 1);
  EXPECT_EQ(Value("8/(3-8/3)"), 24);
  EXPECT_EQ(Value("1/3+1/6+1/2"), 1);
  EXPECT_EQ(Value("6/(1-3)"), -3) << "a negative denominator";
  const auto third = Arithmetic::Parse("1/3");
  ASSERT_TRUE(third.has_value());
  EXPECT_FALSE(third->value().Equals(0));
}

TEST(Arithmetic, IsExactAtItsLimits) {
  std::string text = "1000";
  for (int i = 0; i < 7; ++i) text += "*1000";
  const auto largest = Arithmetic::Parse(text);
  ASSERT_TRUE(largest.has_value());
  EXPECT_EQ(static_cast<double>(largest->value().numerator), 1e24);
  EXPECT_FALSE(largest->value().Equals(int64_t{1} << 39));
}

TEST(Arithmetic, ListsTheNumbersInTheirOrder) {
  EXPECT_THAT(Arithmetic::Parse("(19+12)-9")->numbers(), ElementsAre(19, 12, 9));
}

TEST(Arithmetic, RefusesWhatIsNoExpression) {
  for (const char* text :
       {"",     "+",   "1+",  "+1",  "-1", "1 +2", "1+2 ", "1++2", "(1",  "1)",          "()",
        "1(2)", "2x3", "1.5", "1,2", "01", "0",    "1e3",  "1+-2", "1=1", "\xEF\xBC\x91"}) {
    EXPECT_FALSE(Arithmetic::Parse(text).has_value()) << "\"" << text << "\"";
  }
}

TEST(Arithmetic, RefusesDivisionByZero) {
  EXPECT_FALSE(Arithmetic::Parse("5/(3-3)").has_value());
  EXPECT_FALSE(Arithmetic::Parse("5/((3-3)/7)").has_value());
}

TEST(Arithmetic, RefusesWhatExceedsItsLimits) {
  EXPECT_TRUE(Arithmetic::Parse("1000").has_value());
  EXPECT_FALSE(Arithmetic::Parse("1001").has_value());
  EXPECT_FALSE(Arithmetic::Parse(std::string(1'000'000, '9')).has_value());
  EXPECT_TRUE(Arithmetic::Parse("1+1+1+1+1+1+1+1").has_value());
  EXPECT_FALSE(Arithmetic::Parse("1+1+1+1+1+1+1+1+1").has_value());
  EXPECT_TRUE(Arithmetic::Parse(std::string(16, '(') + "1" + std::string(16, ')')).has_value());
  EXPECT_TRUE(Arithmetic::Parse("(((1)))+(((1)))+(((1)))+(((1)))+(((1)))+(((1)))").has_value()) << "3 deep";
  EXPECT_FALSE(Arithmetic::Parse(std::string(17, '(') + "1" + std::string(17, ')')).has_value());
  EXPECT_FALSE(Arithmetic::Parse(std::string(1'000'000, '(')).has_value());
}

}  // namespace
}  // namespace rubato
