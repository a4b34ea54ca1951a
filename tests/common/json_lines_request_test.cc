#include "common/json_lines_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonRequest, KeepsTheIdAsItStandsInTheLine) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"({"id": 7, "text": "x"})", "7"},
      {R"({"text": "{\"id\": 1}", "id" : "a\u00e4\"}" })", R"("a\u00e4\"}")"},
      {R"({"x": {"id": 1, "y": ["]", {"id": 2}]}, "id": {"b": 1,  "a": [2, 3]} , "z": 0})",
       R"({"b": 1,  "a": [2, 3]})"},
      {R"({"id":123456789012345678901234567890})", "123456789012345678901234567890"},
      {R"({"id":1.50})", "1.50"},
      {R"({"id":[]})", "[]"},
      {R"({"id":null})", "null"},
      {R"( {"a":true,"id":-0 } )", "-0"},
  };
  for (const auto& [line, id] : table) {
    const absl::StatusOr<JsonRequest> request = ParseJsonRequest(line);
    ASSERT_TRUE(request.ok()) << line << ": " << request.status();
    EXPECT_EQ(request->id, id) << line;
  }
}

TEST(JsonRequest, KnowsTheIdUnderAnotherSpelling) {
  EXPECT_EQ(ParseJsonRequest(R"({"\u0069d": "x"})")->id, R"("x")");
}

TEST(JsonRequest, HasTheIdNullWithoutOne) { EXPECT_EQ(ParseJsonRequest("{}")->id, "null"); }

TEST(JsonRequest, SaysWhatIsWrongWithoutAPlace) {
  for (const std::string line : {"{\"id\": ", "{'id': 1}", "\"\xff\"", "{\"a\":1,\"a\":2}", ""}) {
    const absl::Status status = ParseJsonRequest(line).status();
    EXPECT_FALSE(status.ok()) << line;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("JSON:1")));
  }
  EXPECT_EQ(ParseJsonRequest("[1]").status().message(), "holds a list, an object is needed");
}

}  // namespace
}  // namespace rubato
