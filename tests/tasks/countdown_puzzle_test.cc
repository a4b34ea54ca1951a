#include "tasks/countdown_puzzle.h"

#include <algorithm>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tasks/arithmetic.h"

namespace rubato {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::vector<std::string> Expressions(const std::array<int, 3>& nums) {
  std::vector<std::string> expressions;
  for (const CountdownTry& a_try : ValidTries(nums)) expressions.push_back(a_try.Expression());
  return expressions;
}

TEST(CountdownPuzzle, ATryIsWrittenWithTheLargerOperandFirst) {
  const std::vector<CountdownTry> tries = ValidTries({9, 12, 19});
  const auto found = std::find_if(tries.begin(), tries.end(),
                                  [](const CountdownTry& t) { return t.Steps() == "19-12=7,9+7=16"; });
  ASSERT_NE(found, tries.end());
  EXPECT_EQ(found->Expression(), "9+(19-12)");
  EXPECT_EQ(found->value(), 16);
  EXPECT_THAT(Expressions({9, 12, 19}), Contains("(19+12)-9"));
}

TEST(CountdownPuzzle, EveryExpressionOfATryHasItsValueAndUsesEachNumberOnce) {
  for (int a = 1; a <= 20; ++a) {
    for (int b = a; b <= 20; b += 3) {
      for (int c = b; c <= 20; ++c) {
        for (const CountdownTry& a_try : ValidTries({c, a, b})) {
          const auto parsed = Arithmetic::Parse(a_try.Expression());
          ASSERT_TRUE(parsed.has_value()) << a_try.Expression();
          EXPECT_TRUE(parsed->value().Equals(a_try.value())) << a_try.Steps() << " " << a_try.Expression();
          std::vector<int64_t> numbers = parsed->numbers();
          std::sort(numbers.begin(), numbers.end());
          EXPECT_THAT(numbers, ElementsAre(a, b, c));
          EXPECT_GE(a_try.first.result, 1);
          EXPECT_LE(a_try.first.result, 99);
          EXPECT_GE(a_try.value(), 1);
          EXPECT_LE(a_try.value(), 99);
        }
      }
    }
  }
}

TEST(CountdownPuzzle, TriesAreDistinctAndIndependentOfTheOrderOfTheNumbers) {
  const std::vector<CountdownTry> tries = ValidTries({4, 4, 8});
  EXPECT_EQ(std::set<CountdownTry>(tries.begin(), tries.end()).size(), tries.size());
  EXPECT_EQ(tries, ValidTries({8, 4, 4}));
  EXPECT_EQ(tries, ValidTries({4, 8, 4}));
}

TEST(CountdownPuzzle, AllTriesOfASmallSetAreThere) {
  EXPECT_THAT(Expressions({1, 1, 1}),
              ::testing::UnorderedElementsAre("(1+1)+1", "(1+1)-1", "(1+1)*1", "(1+1)/1", "(1*1)+1",
                                              "(1*1)*1", "(1*1)/1", "(1/1)+1", "(1/1)*1", "(1/1)/1"));
}

TEST(CountdownPuzzle, ReachableTargetsAreValuesOfTriesFrom10To99) {
  const std::vector<int> targets = ReachableTargets({1, 2, 10});
  EXPECT_TRUE(std::is_sorted(targets.begin(), targets.end()));
  EXPECT_THAT(targets, Contains(12));
  EXPECT_THAT(targets, Contains(30)) << "(1+2)*10";
  EXPECT_THAT(targets, Contains(10)) << "10/(2-1)";
  EXPECT_GE(targets.front(), 10);
  EXPECT_TRUE(ReachableTargets({1, 1, 1}).empty());
}

TEST(CountdownPuzzle, ThePromptShowsNumbersAndTarget) {
  EXPECT_EQ(CountdownPrompt({{12, 19, 9}, 22}), "^12,19,9>22:");
}

}  // namespace
}  // namespace rubato
