#include "tasks/countdown.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

constexpr char kRow[] = R"({"prompt":"^19,12,9>22:","nums":[19,12,9],"target":22})";

double Reward(std::string_view response, std::string_view row = kRow) {
  const auto parts = CountdownVerifier().Judge(*Json::Parse(row), response);
  EXPECT_TRUE(parts.ok()) << parts.status();
  EXPECT_EQ(parts->size(), 1u);
  EXPECT_EQ(parts->front().name, "correct");
  return parts->front().value;
}

std::string Refusal(std::string_view row) {
  const absl::Status status = CountdownVerifier().CheckRow(*Json::Parse(row));
  EXPECT_EQ(CountdownVerifier().Judge(*Json::Parse(row), "#1$").status(), status);
  return std::string(status.message());
}

TEST(Countdown, RewardsASolutionWhateverStandsBeforeIt) {
  EXPECT_EQ(Reward("#(19+12)-9$"), 1);
  EXPECT_EQ(Reward("19-12=7,9+7=16<19+12=31,31-9=22!#(19+12)-9$"), 1);
  EXPECT_EQ(Reward("nonsense 19-12=99!#19-9+12$"), 1);
}

TEST(Countdown, WantsTheTargetExactly) {
  EXPECT_EQ(Reward("#(19-12)+9$"), 0);
  EXPECT_EQ(Reward("#8/(3-8/3)$", R"({"nums":[8,3,8,3],"target":24})"), 1);
  EXPECT_EQ(Reward("#7/3$", R"({"nums":[7,3],"target":2})"), 0) << "7/3 is not 2";
  EXPECT_EQ(Reward("#3-7$", R"({"nums":[7,3],"target":-4})"), 1);
}

TEST(Countdown, WantsEachNumberExactlyOnce) {
  EXPECT_EQ(Reward("#12+19-9+1-1$"), 0);
  EXPECT_EQ(Reward("#22$"), 0);
  EXPECT_EQ(Reward("#19+3$"), 0);
  EXPECT_EQ(Reward("#9+4$", R"({"nums":[9,4,4],"target":13})"), 0) << "a repeated number used once";
  EXPECT_EQ(Reward("#9+4+4-4$", R"({"nums":[9,4,4],"target":13})"), 0)
      << "a repeated number used three times";
  EXPECT_EQ(Reward("#9+4/4$", R"({"nums":[9,4,4],"target":10})"), 1);
}

TEST(Countdown, WantsOneAnswerThatEndsTheResponse) {
  EXPECT_EQ(Reward("#(19+12)-9"), 0) << "not ended";
  EXPECT_EQ(Reward("(19+12)-9$"), 0) << "no answer mark";
  EXPECT_EQ(Reward("#19+12#(19+12)-9$"), 0) << "two answers";
  EXPECT_EQ(Reward("$#(19+12)-9$"), 0) << "ended before";
  EXPECT_EQ(Reward("#(19+12)-9$$"), 0);
  EXPECT_EQ(Reward("#(19+12)-9$ "), 0);
  EXPECT_EQ(Reward("#(19+12)-9=22$"), 0) << "an equation is no expression";
}

TEST(Countdown, GivesNothingForDegenerateResponses) {
  for (const char* response : {"", "#", "$", "#$", "$#", "##$", "\xFF\xFE"})
    EXPECT_EQ(Reward(response), 0) << response;
  EXPECT_EQ(Reward(std::string(1 << 20, '(')), 0);
  EXPECT_EQ(Reward("#" + std::string(1 << 20, '(') + "$"), 0);
  EXPECT_EQ(Reward(std::string("#(19+12)-9\0$", 12)), 0);
}

TEST(Countdown, SaysWhichFieldOfARowIsWrong) {
  EXPECT_THAT(Refusal(R"({"target":22})"), HasSubstr("has no \"nums\""));
  EXPECT_THAT(Refusal(R"({"nums":[1,2]})"), HasSubstr("has no \"target\""));
  EXPECT_THAT(Refusal(R"({"nums":[],"target":22})"),
              HasSubstr("\"nums\" holds 0 numbers; countdown needs 2 to 8"));
  EXPECT_THAT(Refusal(R"({"nums":[1,1,1,1,1,1,1,1,1],"target":22})"), HasSubstr("holds 9 numbers"));
  EXPECT_THAT(Refusal(R"({"nums":[0,2],"target":22})"),
              HasSubstr("\"nums\" holds 0; countdown needs numbers from 1"));
  EXPECT_THAT(Refusal(R"({"nums":[1001,2],"target":22})"), HasSubstr("\"nums\" holds 1001"));
  EXPECT_THAT(Refusal(R"({"nums":["1",2],"target":22})"), HasSubstr("\"nums\""));
  EXPECT_THAT(Refusal(R"({"nums":[1,2],"target":"3"})"), HasSubstr("target"));
  EXPECT_THAT(Refusal(R"({"nums":[1,2],"target":2000000000})"), HasSubstr("\"target\" is 2000000000"));
  EXPECT_THAT(Refusal(R"({"nums":[1,2],"target":-9223372036854775808})"),
              HasSubstr("\"target\" is -9223372036854775808"));
  EXPECT_TRUE(CountdownVerifier().CheckRow(*Json::Parse(kRow)).ok());
}

}  // namespace
}  // namespace rubato
