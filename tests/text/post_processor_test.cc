#include "text/post_processor.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Template(std::string_view single, std::string_view specials = R"({"B":{"id":"B","ids":[5,6]}})") {
  return R"({"type":"TemplateProcessing","single":)" + std::string(single) + R"(,"special_tokens":)" +
         std::string(specials) + "}";
}

absl::StatusOr<PostProcessor> ParseText(std::string_view json) {
  return ParsePostProcessor(*Json::Parse(json));
}

std::string Refusal(std::string_view json) { return std::string(ParseText(json).status().message()); }

TEST(PostProcessor, AddsNothingWhenThereIsNone) {
  const auto none = ParseText("null");
  ASSERT_TRUE(none.ok());
  EXPECT_THAT(none->before, IsEmpty());
  EXPECT_THAT(none->after, IsEmpty());
}

TEST(PostProcessor, ReadsWhatStandsBeforeAndAfterTheSequence) {
  const auto both = ParseText(
      Template(R"([{"SpecialToken":{"id":"B"}},{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"B"}}])"));
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_THAT(both->before, ElementsAre(5, 6));
  EXPECT_THAT(both->after, ElementsAre(5, 6));
}

TEST(PostProcessor, InASequenceOneMayAddSomething) {
  const std::string first = Template(R"([{"SpecialToken":{"id":"B"}},{"Sequence":{}}])");
  const std::string empty = Template(R"([{"Sequence":{}}])");
  const auto both = ParseText(R"({"type":"Sequence","processors":[{"type":"ByteLevel"},)" + empty + "," +
                              first + R"(,{"type":"ByteLevel"}]})");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_THAT(both->before, ElementsAre(5, 6));
  EXPECT_THAT(both->after, IsEmpty());
  EXPECT_THAT(Refusal(R"({"type":"Sequence","processors":[)" + first + "," + first + "]}"),
              HasSubstr("a Sequence of several templates is not supported"));
}

TEST(PostProcessor, RefusesWhatItCannotDo) {
  EXPECT_THAT(Refusal(R"({"type":"BertProcessing"})"), HasSubstr("kind \"BertProcessing\" is not supported"));
  EXPECT_THAT(Refusal(Template("[]")), HasSubstr("the sequence 0 times"));
  EXPECT_THAT(Refusal(Template(R"([{"Sequence":{}},{"Sequence":{}}])")), HasSubstr("the sequence 2 times"));
  EXPECT_THAT(Refusal(Template(R"([{"Other":{}}])")), HasSubstr("something other"));
  EXPECT_THAT(Refusal(Template(R"([{"SpecialToken":{"id":"C"}},{"Sequence":{}}])")), HasSubstr("lack \"C\""));
  EXPECT_THAT(Refusal(Template(R"([{"SpecialToken":{"id":"B"}},{"Sequence":{}}])", R"({"B":{"ids":[-1]}})")),
              HasSubstr("the id -1"));
}

}  // namespace
}  // namespace rubato
