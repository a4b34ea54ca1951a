#include "common/json_lines_answer.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace rubato {
namespace {

TEST(JsonAnswer, HoldsItsMembersInOrder) {
  JsonAnswer answer("\"x\"");
  answer.Add("ids", std::vector<int32_t>{1, -2, 2147483647});
  answer.Add("none", std::vector<int32_t>{});
  answer.Add("text", "a\"\n\xc3\xa4\x01");
  EXPECT_EQ(answer.Take(), R"({"id":"x","ids":[1,-2,2147483647],"none":[],"text":"a\"\nä\u0001"})");
}

TEST(JsonAnswer, HoldsListsOfListsAndWholeNumbers) {
  JsonAnswer answer("1");
  answer.Add("heads", int64_t{4});
  answer.AddLists("pairs", std::vector<int32_t>{1, 2, 3, 4}, 2);
  answer.AddLists("rows", std::vector<float>{1, 2, 3}, 3);
  answer.AddLists("none", std::vector<float>{}, 2);
  EXPECT_EQ(answer.Take(), R"({"id":1,"heads":4,"pairs":[[1,2],[3,4]],"rows":[[1.0,2.0,3.0]],"none":[]})");
}

TEST(JsonAnswer, WritesTheShortestNumberThatReadsBackTheSame) {
  JsonAnswer answer("1");
  answer.Add("values", std::vector<float>{0.1f, -3.0f, 1e-8f, -0.0f, 16777216.0f});
  EXPECT_EQ(answer.Take(), R"({"id":1,"values":[0.1,-3.0,1e-08,-0.0,16777216.0]})");
}

TEST(JsonAnswer, WritesNullForWhatJsonCannotSay) {
  JsonAnswer answer("1");
  answer.Add("values", std::vector<float>{std::numeric_limits<float>::quiet_NaN(),
                                          -std::numeric_limits<float>::infinity()});
  EXPECT_EQ(answer.Take(), R"({"id":1,"values":[null,null]})");
}

}  // namespace
}  // namespace rubato
