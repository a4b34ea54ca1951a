#include "tasks/countdown_traits.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(CountdownTraits, CountsTriesHitsStepsAndSlips) {
  const CountdownTraits traits =
      TraitsOfCountdown("19-12=7,9+7=16<12-9=3,3*19=56>19+12=31,31-9=22!#(19+12)-9$");
  EXPECT_EQ(traits.tries, 3);
  EXPECT_EQ(traits.hits, 1);
  EXPECT_EQ(traits.steps, 6);
  EXPECT_EQ(traits.slips, 1);  // 3*19 is 57
  EXPECT_TRUE(traits.answered);
}

TEST(CountdownTraits, LeavesOutATryThatWasCutOff) {
  const CountdownTraits traits = TraitsOfCountdown("19-12=7,9+7=16<12-9=3,3*1");
  EXPECT_EQ(traits.tries, 1);
  EXPECT_EQ(traits.steps, 2);
  EXPECT_FALSE(traits.answered);
}

TEST(CountdownTraits, OfAnyTextAreOnlyCounts) {
  for (const char* text : {"", "#", "$", "<", "=<", ",,,<>!", "9999999999999999999999=1<", "\xff\xfe<"}) {
    const CountdownTraits traits = TraitsOfCountdown(text);
    EXPECT_LE(traits.hits, traits.tries) << text;
    EXPECT_LE(traits.slips, traits.steps) << text;
  }
}

}  // namespace
}  // namespace rubato
