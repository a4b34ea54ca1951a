#include "tasks/judge_line.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

TEST(JudgeLine, AnswersARequest) {
  EXPECT_EQ(
      *JudgeLine(R"({"id":1,"verifier":"countdown","row":{"nums":[1,2],"target":3},"response":"#1+2$"})"),
      R"({"id":1,"parts":{"correct":1.0},"reward":1.0})");
  EXPECT_EQ(
      *JudgeLine(R"({"id":2,"verifier":"countdown","row":{"nums":[1,2],"target":3},"response":"#1*2$"})"),
      R"({"id":2,"parts":{"correct":0.0},"reward":0.0})");
}

TEST(JudgeLine, SaysWhyARequestCannotBeJudged) {
  EXPECT_THAT(*JudgeLine(R"({"id":1,"verifier":"chess","row":{},"response":""})"), HasSubstr("no verifier"));
  EXPECT_THAT(*JudgeLine(R"({"id":1,"verifier":"countdown","row":{},"response":""})"), HasSubstr("nums"));
}

TEST(JudgeLine, RefusesALineThatIsNoRequest) { EXPECT_FALSE(JudgeLine("what").ok()); }

}  // namespace
}  // namespace rubato
