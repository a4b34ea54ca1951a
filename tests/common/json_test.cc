#include "common/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

std::string Error(std::string_view text, const JsonOptions& options = {}) {
  const auto json = Json::Parse(text, "f.json", options);
  EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(json.status().message());
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Json, ReadsEveryType) {
  const auto json = Json::Parse(R"({"a":[1,-2,3.5,true,null,"xé"],"b":{}})");
  ASSERT_TRUE(json.ok());
  const Json::Array& a = json->Find("a")->array();
  ASSERT_EQ(a.size(), 6u);
  EXPECT_EQ(*a[0].AsInt(), 1);
  EXPECT_EQ(*a[1].AsInt(), -2);
  EXPECT_EQ(*a[2].AsDouble(), 3.5);
  EXPECT_EQ(*a[3].AsBool(), true);
  EXPECT_TRUE(a[4].is_null());
  EXPECT_EQ(*a[5].AsString(), "xé");
  EXPECT_TRUE(json->Find("b")->is_object());
}

TEST(Json, RefusesADuplicateKeyWithItsLine) {
  EXPECT_EQ(Error("{\"a\":1,\n\"b\":{\"c\":1,\n\"c\":2}}"), "f.json:3: the key \"c\" is there twice");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "1 2", "{} x", "'a'", "NaN", "[1] // c",
                           "01", "\"\t\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\\ud800\"", "1e999"}) {
    const std::string error = Error(text);
    EXPECT_EQ(error.substr(0, 9), "f.json:1:") << error;
    EXPECT_GT(error.size(), 15u) << error;
    EXPECT_FALSE(Contains(error, "json.exception")) << error;
  }
}

TEST(Json, NamesTheLineOfASyntaxError) {
  EXPECT_EQ(Error("{\n\n  \"a\": tru }").substr(0, 10), "f.json:3: ");
  EXPECT_EQ(Error("x", {.first_line = 17}).substr(0, 11), "f.json:17: ");
}

TEST(Json, RefusesTooManyLevelsAndNoSmallerNumber) {
  const auto nested = [](int levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(Json::Parse(nested(32)).ok());
  EXPECT_TRUE(Contains(Error(nested(33)), "more than 32 deep"));
  EXPECT_TRUE(Contains(Error(std::string(1000000, '[')), "more than 32 deep"));
}

TEST(Json, RefusesTooManyBytes) {
  EXPECT_TRUE(Json::Parse("[1]", "", {.max_bytes = 3}).ok());
  EXPECT_TRUE(Contains(Error("[12]", {.max_bytes = 3}), "4 bytes are more than the limit of 3"));
}

TEST(Json, SaysWhichMemberHasTheWrongType) {
  const Json json = *Json::Parse(R"({"n":"x","list":1})");
  EXPECT_EQ(json.GetInt("n").status().message(), "\"n\": holds text, a whole number is needed");
  EXPECT_EQ(json.GetArray("list").status().message(), "\"list\": holds a whole number, a list is needed");
  EXPECT_EQ(json.GetObject("list").status().message(), "\"list\": holds a whole number, an object is needed");
  EXPECT_EQ(json.GetBool("gone").status(), absl::NotFoundError("has no \"gone\""));
}

TEST(Json, KeepsWholeNumbersExactAndRefusesThoseThatDoNotFit) {
  const Json json = *Json::Parse("[9223372036854775807,18446744073709551615,-1,3.0,1000000000000000000000]");
  const Json::Array& a = json.array();
  EXPECT_EQ(*a[0].AsInt(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(*a[1].AsUint(), std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(a[1].AsInt().ok());
  EXPECT_FALSE(a[2].AsUint().ok());
  EXPECT_FALSE(a[3].AsInt().ok());
  EXPECT_EQ(*a[4].AsDouble(), 1e21);
  EXPECT_EQ(*a[0].AsDouble(), 0x1p63);
}

TEST(Json, GivesTheDefaultForAbsentAndNullButNotForAnotherType) {
  const Json json = *Json::Parse(R"({"null":null,"text":"x"})");
  EXPECT_EQ(*json.GetIntOr("gone", 5), 5);
  EXPECT_EQ(*json.GetDoubleOr("null", 0.5), 0.5);
  EXPECT_EQ(*json.GetStringOr("text", "y"), "x");
  EXPECT_FALSE(json.GetBoolOr("text", true).ok());
}

TEST(Json, WritesEqualValuesAsEqualBytes) {
  Json json;
  json.Set("b", 1);
  json.Set("a", Json::Array{Json(), true, -0.5, "q\"\n\x01é", uint64_t{1} << 63});
  EXPECT_EQ(json.Dump(), R"({"a":[null,true,-0.5,"q\"\n\u0001é",9223372036854775808],"b":1})");
  EXPECT_EQ(*Json::Parse(json.Dump()), json);
  EXPECT_EQ(*Json::Parse(json.Pretty()), json);
}

TEST(Json, WritesTheShortestNumberThatReadsBackTheSame) {
  EXPECT_EQ(Json(0.1).Dump(), "0.1");
  EXPECT_EQ(Json(3.0).Dump(), "3.0");
  EXPECT_EQ(Json(1e-300).Dump(), "1e-300");
  EXPECT_EQ(Json(std::nan("")).Dump(), "null");
  for (double value : {1.0 / 3, 1e22, -0.0, 5e-324, 1.7976931348623157e308}) {
    EXPECT_EQ(*Json::Parse(Json(value).Dump())->AsDouble(), value);
  }
}

TEST(Json, WritesInvalidUtf8AsTheReplacementCharacter) {
  EXPECT_EQ(Json("a\xff").Dump(), "\"a\xef\xbf\xbd\"");
}

TEST(Json, IsPrettyOverSeveralLines) {
  EXPECT_EQ(Json::Parse(R"({"a":[1,{}],"b":[]})")->Pretty(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Json, EscapesHostileTextInErrors) {
  EXPECT_FALSE(Contains(Error("{\"\\u001b[2J\":1,\"\\u001b[2J\":2}"), "\x1b"));
  EXPECT_FALSE(Contains(Error("[\"\xff\x1b[2J\"]"), "\x1b"));
}

}  // namespace
}  // namespace rubato
