#include "cli/tokenize_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Characters and three special tokens; ^ is added in front of texts.
constexpr char kTokenizer[] = R"({"version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 0, "content": "^", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 1, "content": "<u>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 2, "content": "<a>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
  "normalizer": null,
  "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "^", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"^": {"id": "^", "ids": [0], "tokens": ["^"]}}},
  "decoder": {"type": "Fuse"},
  "model": {"type": "WordLevel", "unk_token": "?",
            "vocab": {"^": 0, "<u>": 1, "<a>": 2, "?": 3, "a": 4, "b": 5, "<": 6, "u": 7, ">": 8, "1": 9, "2": 10}}})";

constexpr char kTemplate[] =
    "{% if tools %}{{ tools | length }}{% endif %}"
    "{% for message in messages %}{{ '<u>' if message.role == 'user' else '<a>' }}{{ message.content }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<a>{% endif %}{% if ending is defined %}{{ ending }}{% endif %}"
    "{% if day %}{{ strftime_now('%d') }}{% endif %}";

LineTokenizer Make(TokenizeOptions options = {}, std::optional<std::string> chat = kTemplate) {
  absl::StatusOr<Tokenizer> tokenizer = Tokenizer::FromJson(kTokenizer);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  std::optional<ChatTemplate> parsed;
  if (chat) parsed = ChatTemplate::Parse(*chat).value();
  return LineTokenizer("models/m", *tokenizer, parsed, options);
}

std::string Answer(const std::string& line, TokenizeOptions options = {}) {
  return Make(options).Answer(line).value();
}

std::string Error(const std::string& line, TokenizeOptions options = {}) {
  const absl::Status status = Make(options).Answer(line).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(TokenizeLines, AddToATextWhatThePostProcessorAdds) {
  EXPECT_EQ(Answer(R"({"id": 1.50, "text": "ab"})"), R"({"id":1.50,"ids":[0,4,5]})");
  EXPECT_EQ(Answer(R"({"id": "x", "text": ""})"), R"({"id":"x","ids":[0]})");
}

TEST(TokenizeLines, AddNothingIfNothingIsWanted) {
  EXPECT_EQ(Answer(R"({"text": "ab"})", {.no_special = true}), R"({"id":null,"ids":[4,5]})");
}

TEST(TokenizeLines, SeeSpecialTokensInATextAsSuch) {
  EXPECT_EQ(Answer(R"({"id":1,"text":"a<u>"})"), R"({"id":1,"ids":[0,4,1]})");
}

TEST(TokenizeLines, GiveMessagesTheTokensOfTheTemplateAndNoOthers) {
  EXPECT_EQ(Answer(R"({"id":1,"messages":[{"role":"user","content":"ab"}],"add_generation_prompt":true})"),
            R"({"id":1,"ids":[1,4,5,2]})");
}

TEST(TokenizeLines, SeeSpecialTokensInTheContentOfMessagesAsText) {
  EXPECT_EQ(Answer(R"({"id":1,"messages":[{"role":"user","content":"a<u>"}]})"),
            R"({"id":1,"ids":[1,4,6,7,8]})");
}

TEST(TokenizeLines, HandTheOtherMembersToTheTemplate) {
  EXPECT_EQ(Answer(R"({"id":1,"messages":[{"role":"user","content":"a"}],"tools":[{},{}],"ending":"b"})"),
            R"({"id":1,"ids":[10,1,4,5]})");
  EXPECT_EQ(
      Answer(R"({"id":1,"messages":[{"role":"user","content":"a"}],"chat_template_kwargs":{"ending":"b"}})"),
      R"({"id":1,"ids":[1,4,5]})");
}

TEST(TokenizeLines, GiveTheTemplateTheDayThatWasAskedFor) {
  EXPECT_EQ(
      Answer(R"({"id":1,"messages":[{"role":"user","content":"a"}],"day":true})", {.date = "2024-07-21"}),
      R"({"id":1,"ids":[1,4,10,9]})");
}

TEST(TokenizeLines, GoBackToText) {
  EXPECT_EQ(Answer(R"({"id":1,"ids":[0,4,5,2]})", {.decode = true}), R"({"id":1,"text":"^ab<a>"})");
  EXPECT_EQ(Answer(R"({"id":1,"ids":[0,4,5,2]})", {.decode = true, .skip_special = true}),
            R"({"id":1,"text":"ab"})");
  EXPECT_EQ(Answer(R"({"id":1,"ids":[]})", {.decode = true}), R"({"id":1,"text":""})");
}

TEST(TokenizeLines, SayWhatIsWrong) {
  EXPECT_THAT(Error(R"({"id":1})"), HasSubstr("has neither \"text\" nor \"messages\""));
  EXPECT_THAT(Error(R"({"id":1,"ids":[1]})"), HasSubstr("--decode"));
  EXPECT_THAT(Error(R"({"text":"a","messages":[]})"), HasSubstr("has both"));
  EXPECT_THAT(Error(R"({"text":["a"]})"), HasSubstr("\"text\": holds a list"));
  EXPECT_THAT(Error(R"({"messages":"a"})"), AllOf(HasSubstr("messages"), Not(HasSubstr("JSON:1"))));
  EXPECT_THAT(Error("{\"text\":\"a\xff\"}"), HasSubstr("UTF-8"));
  EXPECT_THAT(Error("nonsense"), Not(HasSubstr("JSON:1")));
  EXPECT_THAT(Error(R"({"text":"a"})", {.decode = true}), HasSubstr("has no \"ids\""));
  EXPECT_THAT(Error(R"({"ids":[1,-1]})", {.decode = true}), HasSubstr("\"ids\"[1] is -1"));
  EXPECT_THAT(Error(R"({"ids":[1,"a"]})", {.decode = true}), HasSubstr("\"ids\"[1] is \"a\""));
}

TEST(TokenizeLines, RefuseArgumentsThatWouldChangeNothing) {
  EXPECT_THAT(Error(R"({"messages":[{"role":"user","content":"a"}],"continue_final_message":true})"),
              HasSubstr("\"continue_final_message\" is not supported"));
  EXPECT_THAT(Error(R"({"messages":[{"role":"user","content":"a"}],"chat_template":"x"})"),
              HasSubstr("\"chat_template\""));
  EXPECT_EQ(Answer(R"({"id":1,"messages":[{"role":"user","content":"a"}],"continue_final_message":false})"),
            R"({"id":1,"ids":[1,4]})");
}

TEST(TokenizeLines, NeedATemplateForMessagesOnly) {
  const LineTokenizer without = Make({}, std::nullopt);
  EXPECT_TRUE(without.Answer(R"({"text":"a"})").ok());
  const absl::Status status = without.Answer(R"({"messages":[{}]})").status();
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("models/m"), HasSubstr("no chat template")));
}

TEST(TokenizeLines, TellOfABrokenTemplateForMessagesOnly) {
  const LineTokenizer broken("models/m", Tokenizer::FromJson(kTokenizer).value(),
                             absl::InvalidArgumentError("chat_template.jinja:3: no such filter"), {});
  EXPECT_TRUE(broken.Answer(R"({"text":"a"})").ok());
  EXPECT_THAT(std::string(broken.Answer(R"({"messages":[]})").status().message()),
              HasSubstr("chat_template.jinja:3"));
}

}  // namespace
}  // namespace rubato
