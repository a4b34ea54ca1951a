#include "tasks/verdict_wire.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

TEST(VerdictWire, BringsARequestAcrossOnOneLine) {
  VerdictRequest request{7, "countdown", *Json::Parse(R"({"nums":[1,2],"note":"a\nb"})"), "x\n\"y\"$"};
  const std::string line = WriteRequest(request);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = ParseRequest(line);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, 7u);
  EXPECT_EQ(read->verifier, "countdown");
  EXPECT_EQ(read->row, request.row);
  EXPECT_EQ(read->response, request.response);
}

TEST(VerdictWire, BringsAReplyAcross) {
  const std::string line = WriteReply({7, 1.5, {{"correct", 1}, {"short", 0.5}}, ""});
  EXPECT_EQ(line, R"({"id":7,"parts":{"correct":1.0,"short":0.5},"reward":1.5})");
  const auto read = ParseReply(line);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, 7u);
  EXPECT_EQ(read->reward, 1.5);
  ASSERT_EQ(read->parts.size(), 2u);
  EXPECT_EQ(read->parts[1].name, "short");
  EXPECT_EQ(read->parts[1].value, 0.5);
  EXPECT_EQ(read->error, "");
}

TEST(VerdictWire, BringsAnErrorAcross) {
  const auto read = ParseReply(WriteReply({7, 0, {}, "no \"nums\""}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->error, "no \"nums\"");
}

TEST(VerdictWire, HasNoRewardThatIsNotANumber) {
  EXPECT_FALSE(ParseReply(WriteReply({7, std::nan(""), {}, ""})).ok());
}

TEST(VerdictWire, RequestsAreReadStrictly) {
  const auto refusal = [](std::string_view line) {
    return std::string(ParseRequest(line).status().message());
  };
  EXPECT_THAT(refusal("what"), HasSubstr("request:1"));
  EXPECT_THAT(refusal("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(refusal(R"({"id":1,"verifier":"v","row":{}})"), HasSubstr("has no \"response\""));
  EXPECT_THAT(refusal(R"({"id":-1,"verifier":"v","row":{},"response":""})"), HasSubstr("id"));
  EXPECT_THAT(refusal(R"({"id":1,"verifier":"v","row":[],"response":""})"), HasSubstr("row"));
  EXPECT_THAT(refusal(R"({"id":1,"verifier":"v","row":{},"response":"","more":1})"),
              HasSubstr("unknown member \"more\""));
}

TEST(VerdictWire, RepliesAreReadStrictly) {
  for (const char* line :
       {"", "{}", R"({"id":1})", R"({"id":1,"reward":1.0})", R"({"id":1,"reward":"1","parts":{}})",
        R"({"id":1,"reward":1.0,"parts":{"a":"b"}})", R"({"id":1,"reward":1.0,"parts":{},"x":1})",
        R"({"id":1,"error":""})", R"({"id":1,"reward":1.0,"parts":{}} {})"}) {
    EXPECT_FALSE(ParseReply(line).ok()) << line;
  }
}

}  // namespace
}  // namespace rubato
