#include "text/tokenizer.h"

#include <string>
#include <vector>

#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kBase[] = "examples/countdown/base";
constexpr char kWords[] = R"({"model":{"type":"WordLevel","vocab":{"a":0,"b":1},"unk_token":""}})";

std::string With(const std::string& key, const std::string& value) {
  return R"({"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":""},")" + key + "\":" + value + "}";
}

std::string Refusal(const std::string& json, const std::string& config = "") {
  return std::string(Tokenizer::FromJson(json, config).status().message());
}

TEST(Tokenizer, LoadsTheDirectoryOfTheExample) {
  const auto tokenizer = Tokenizer::Load(kBase);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->padding_id(), 0);
  EXPECT_EQ(tokenizer->begin_id(), 1);
  EXPECT_EQ(tokenizer->end_id(), 2);
  EXPECT_TRUE(tokenizer->IsSpecial(2));
  EXPECT_FALSE(tokenizer->IsSpecial(3));
  EXPECT_EQ(tokenizer->size(), 26);
  EXPECT_EQ(tokenizer->TokenOf(3), "0");
  EXPECT_EQ(tokenizer->TokenOf(31), std::nullopt);
}

TEST(Tokenizer, BringsBackWhatItEncoded) {
  const auto tokenizer = Tokenizer::Load(kBase);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const std::string text = "^12,19,9>22:19-12=7,9+7=16<#9+(19-12)$";
  const auto ids = tokenizer->Encode(text);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->size(), text.size());
  EXPECT_EQ(tokenizer->Decode(*ids), text);
}

TEST(Tokenizer, DecodesUnknownIdsAsNothing) {
  const auto tokenizer = Tokenizer::Load(kBase);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->Decode(std::vector<int32_t>{4, 31, -1, 1 << 30, 5}), "12");
}

TEST(Tokenizer, ItsDigestIsOfTheFile) {
  const auto tokenizer = Tokenizer::Load(kBase);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->digest(), Sha256(*ReadFile(std::string(kBase) + "/tokenizer.json")));
}

TEST(Tokenizer, SaysWhereATextCannotBeEncoded) {
  const auto tokenizer = Tokenizer::Load(kBase);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const absl::Status status = tokenizer->Encode("^12x").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("from byte 3 on: \"x\" is not in the vocabulary"));
  EXPECT_THAT(std::string(tokenizer->Encode("1\xFF").status().message()),
              HasSubstr("not valid UTF-8 at byte 1"));
}

TEST(Tokenizer, AddsTheTemplateUnlessToldNotTo) {
  const auto tokenizer = Tokenizer::FromJson(
      R"({"model":{"type":"BPE","vocab":{"a":0,"^":1},"merges":[]},"post_processor":{"type":"TemplateProcessing",
          "single":[{"SpecialToken":{"id":"^"}},{"Sequence":{}}],"special_tokens":{"^":{"ids":[1]}}}})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_THAT(*tokenizer->Encode("aa"), ElementsAre(1, 0, 0));
  EXPECT_THAT(*tokenizer->Encode("aa", Tokenizer::Adding::kNothing), ElementsAre(0, 0));
}

TEST(Tokenizer, SpecialTokensInContentAreText) {
  const auto tokenizer = Tokenizer::FromJson(
      R"({"model":{"type":"BPE","vocab":{"<":0,"s":1,">":2},"merges":[]},
          "added_tokens":[{"id":3,"content":"<s>","special":true,"normalized":true}],"normalizer":{"type":"NFC"}})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_THAT(*tokenizer->Encode("<s><s>"), ElementsAre(3, 3));
  const std::vector<TextRange> content = {{3, 6}};
  Tokenizer::EncodeOptions options;
  options.content = content;
  EXPECT_THAT(*tokenizer->Encode("<s><s>", options), ElementsAre(3, 0, 1, 2));
  const std::vector<TextRange> composed = {{6, 9}};  // in "<s>e\u0301<s><s>"
  options.content = composed;
  EXPECT_THAT(*tokenizer->Encode("<s>e\u0301<s><s>", options), ElementsAre(3, 0, 1, 2, 3));
}

TEST(Tokenizer, BpeDropsCharactersOfNoTokenAsTheTokenizersLibraryDoes) {
  const auto tokenizer = Tokenizer::FromJson(R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[]}})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_THAT(*tokenizer->Encode("xaxa"), ElementsAre(0, 0));
}

TEST(Tokenizer, ADirectoryWithoutOneIsNotFound) {
  const absl::Status status = Tokenizer::Load("examples/nowhere").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("examples/nowhere/tokenizer.json"));
}

TEST(Tokenizer, RefusesWhatItDoesNotKnowByFileSectionAndName) {
  EXPECT_THAT(Refusal(With("normalizer", R"({"type":"NFKC"})")),
              HasSubstr("tokenizer.json: normalizer: kind \"NFKC\" is not supported"));
  EXPECT_THAT(Refusal(With("pre_tokenizer", R"({"type":"Metaspace"})")),
              HasSubstr("tokenizer.json: pre_tokenizer: kind \"Metaspace\""));
  EXPECT_THAT(Refusal(With("decoder", R"({"type":"WordPiece"})")), HasSubstr("decoder: kind \"WordPiece\""));
  EXPECT_THAT(Refusal(With("truncation", R"({"max_length":5})")),
              HasSubstr("\"truncation\" is not supported"));
  EXPECT_THAT(Refusal(With("padding", R"({"length":5})")), HasSubstr("\"padding\" is not supported"));
  EXPECT_THAT(Refusal(With("added_tokens", R"([{"id":0,"content":"z"}])")),
              HasSubstr("added_tokens: token \"z\" has id 0, but the next free id is 1"));
  EXPECT_THAT(Refusal(R"({"model":{"type":"Unigram"}})"), HasSubstr("model: kind \"Unigram\""));
  EXPECT_THAT(Refusal(With("version", R"("2.0")")), HasSubstr("\"version\" is \"2.0\""));
  EXPECT_THAT(Refusal("{}"), HasSubstr("model"));
  EXPECT_THAT(Refusal("{"), HasSubstr("tokenizer.json:1"));
}

TEST(Tokenizer, ATemplateNamesTokensThatExist) {
  EXPECT_THAT(
      Refusal(With("post_processor", R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"^"}},
                       {"Sequence":{}}],"special_tokens":{"^":{"ids":[7]}}})")),
      HasSubstr("post_processor: id 7 is of no token"));
}

TEST(Tokenizer, ReadsNamedTokensAsTextOrAsAnObject) {
  const auto tokenizer =
      Tokenizer::FromJson(kWords, R"({"bos_token":{"content":"b"},"eos_token":"a","pad_token":null})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->begin_id(), 1);
  EXPECT_EQ(tokenizer->end_id(), 0);
  EXPECT_EQ(tokenizer->padding_id(), std::nullopt);
}

TEST(Tokenizer, RefusesANamedTokenThatIsNone) {
  EXPECT_THAT(Refusal(kWords, R"({"eos_token":"z"})"),
              HasSubstr("tokenizer_config.json: \"eos_token\" is \"z\", which is no token"));
}

}  // namespace
}  // namespace rubato
