#include "policy/generation_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GenerationConfig Parse(const char* text) {
  Problems problems;
  const GenerationConfig config = ParseGenerationConfig(*Json::Parse(text), 100, &problems);
  EXPECT_THAT(problems.list(), IsEmpty());
  return config;
}

std::vector<std::string> ProblemsOf(const char* text) {
  Problems problems;
  ParseGenerationConfig(*Json::Parse(text), 100, &problems);
  return problems.list();
}

TEST(GenerationConfig, ReadsHowTheAuthorSamples) {
  const GenerationConfig config = Parse(R"({"do_sample": true, "temperature": 0.6, "top_p": 0.95, "top_k": 20,
      "eos_token_id": [77, 75], "bos_token_id": 75, "pad_token_id": -1, "repetition_penalty": 1.05})");
  EXPECT_EQ(config.do_sample, true);
  EXPECT_EQ(config.temperature, 0.6);
  EXPECT_EQ(config.top_p, 0.95);
  EXPECT_EQ(config.top_k, 20);
  EXPECT_THAT(config.end_token_ids, ElementsAre(75, 77));
}

TEST(GenerationConfig, LeavesOutWhatTheFileLeavesOut) {
  for (const char* text : {"{}", R"({"temperature": null, "eos_token_id": null, "eos_token_id2": 4})"}) {
    const GenerationConfig config = Parse(text);
    EXPECT_FALSE(config.do_sample.has_value());
    EXPECT_FALSE(config.temperature.has_value());
    EXPECT_FALSE(config.top_p.has_value());
    EXPECT_FALSE(config.top_k.has_value());
    EXPECT_THAT(config.end_token_ids, IsEmpty());
  }
}

TEST(GenerationConfig, TakesOneEndTokenAsANumber) {
  EXPECT_THAT(Parse(R"({"eos_token_id": 0})").end_token_ids, ElementsAre(0));
}

TEST(GenerationConfig, IgnoresATemperatureOfZeroWhereNothingIsSampled) {
  EXPECT_FALSE(Parse(R"({"do_sample": false, "temperature": 0})").temperature.has_value());
}

TEST(GenerationConfig, RefusesValuesThatNobodyCanSampleBy) {
  const struct {
    const char* text;
    const char* expected;
  } kCases[] = {
      {R"({"temperature": -0.5})", "\"temperature\" is -0.5"},
      {R"({"temperature": 0})", "\"temperature\" is 0, a number above 0"},
      {R"({"temperature": "hot"})", "\"temperature\" is \"hot\""},
      {R"({"top_p": 0})", "\"top_p\" is 0"},
      {R"({"top_p": 1.5})", "\"top_p\" is 1.5, a number above 0 and up to 1"},
      {R"({"top_k": -1})", "\"top_k\" is -1"},
      {R"({"top_k": 2.5})", "\"top_k\" is 2.5"},
      {R"({"do_sample": 1})", "\"do_sample\" is 1, true or false"},
      {R"({"eos_token_id": 100})", "\"eos_token_id\" holds 100, a token id below \"vocab_size\", 100"},
      {R"({"eos_token_id": [3, -1]})", "\"eos_token_id\" holds -1"},
      {R"({"eos_token_id": "</s>"})", "\"eos_token_id\" holds \"</s>\""},
      {R"({"pad_token_id": 100})", "\"pad_token_id\" is 100"},
      {R"({"bos_token_id": "<s>"})", "\"bos_token_id\" is \"<s>\""},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_THAT(ProblemsOf(text), ElementsAre(testing::AllOf(testing::StartsWith("generation_config.json: "),
                                                             HasSubstr(expected))))
        << text;
  }
}

TEST(GenerationConfig, ReportsAllProblemsAtOnce) {
  EXPECT_THAT(ProblemsOf(R"({"temperature": -1, "top_p": 2, "eos_token_id": 500})"),
              ElementsAre(HasSubstr("temperature"), HasSubstr("top_p"), HasSubstr("eos_token_id")));
}

}  // namespace
}  // namespace rubato
