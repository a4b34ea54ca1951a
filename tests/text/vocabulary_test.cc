#include "text/vocabulary.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

TEST(Vocabulary, FindsTokensAndIds) {
  Vocabulary vocabulary;
  ASSERT_TRUE(vocabulary.Add("a", 3).ok());
  EXPECT_EQ(vocabulary.IdOf("a"), 3);
  EXPECT_EQ(vocabulary.TokenOf(3), "a");
  EXPECT_EQ(vocabulary.size(), 4);
  EXPECT_EQ(vocabulary.count(), 1);
}

TEST(Vocabulary, KnowsNothingAtHolesAndOutside) {
  Vocabulary vocabulary;
  ASSERT_TRUE(vocabulary.Add("a", 3).ok());
  EXPECT_EQ(vocabulary.IdOf("b"), std::nullopt);
  for (const int32_t id : {-1, 0, 2, 4}) EXPECT_EQ(vocabulary.TokenOf(id), std::nullopt) << id;
}

TEST(Vocabulary, FindsEachOfMany) {
  Vocabulary vocabulary;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(vocabulary.Add(std::to_string(i) + "t", i).ok());
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(vocabulary.IdOf(std::to_string(i) + "t"), i);
}

TEST(Vocabulary, TakesTheSamePairTwiceButNoContradiction) {
  Vocabulary vocabulary;
  ASSERT_TRUE(vocabulary.Add("a", 3).ok());
  EXPECT_TRUE(vocabulary.Add("a", 3).ok());
  EXPECT_THAT(std::string(vocabulary.Add("a", 4).message()), HasSubstr("token \"a\" has two ids: 3 and 4"));
  EXPECT_THAT(std::string(vocabulary.Add("b", 3).message()),
              HasSubstr("id 3 is of two tokens: \"a\" and \"b\""));
}

TEST(Vocabulary, RefusesEmptyTokensAndIdsOutOfRange) {
  Vocabulary vocabulary;
  EXPECT_THAT(std::string(vocabulary.Add("", 0).message()), HasSubstr("empty token"));
  EXPECT_THAT(std::string(vocabulary.Add("a", -1).message()), HasSubstr("has id -1"));
  EXPECT_FALSE(vocabulary.Add("a", Vocabulary::kLargestId + 1).ok());
}

}  // namespace
}  // namespace rubato
