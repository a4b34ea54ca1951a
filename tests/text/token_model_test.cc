#include "text/token_model.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<TokenModel>> Make(std::string_view json) {
  return MakeTokenModel(*Json::Parse(json));
}

std::string Refusal(std::string_view json) { return std::string(Make(json).status().message()); }

TEST(TokenModel, NamesTheWordThatIsInNoVocabulary) {
  const auto model = Make(R"({"type":"WordLevel","vocab":{"a":0},"unk_token":"?"})");
  ASSERT_TRUE(model.ok());
  std::vector<int32_t> ids;
  EXPECT_TRUE((*model)->Tokenize("a", &ids).ok());
  EXPECT_THAT(ids, ElementsAre(0));
  EXPECT_THAT(std::string((*model)->Tokenize("bc", &ids).message()),
              HasSubstr("\"bc\" is not in the vocabulary"));
}

TEST(TokenModel, NamesTheCharacterThatIsInNoVocabulary) {
  const auto model = Make(R"({"type":"BPE","vocab":{"a":0,"\u65e5":7},"merges":[]})");
  ASSERT_TRUE(model.ok()) << model.status();
  std::vector<int32_t> ids;
  EXPECT_TRUE((*model)->Tokenize("a\u65e5", &ids).ok());
  EXPECT_THAT(ids, ElementsAre(0, 7));
  EXPECT_THAT(std::string((*model)->Tokenize("a\u00e9", &ids).message()), HasSubstr("\"\u00e9\" is not in"));
}

TEST(TokenModel, RefusesUnsupportedKindsAndOptionsByName) {
  EXPECT_THAT(Refusal(R"({"type":"Unigram"})"), HasSubstr("kind \"Unigram\" is not supported"));
  EXPECT_THAT(Refusal(R"({"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]})"),
              HasSubstr("1 merges"));
  for (const std::string option :
       {R"("byte_fallback":true)", R"("ignore_merges":true)", R"("continuing_subword_prefix":"##")",
        R"("end_of_word_suffix":"</w>")", R"("dropout":0.1)"}) {
    const std::string name = option.substr(0, option.find(':'));
    EXPECT_THAT(Refusal(R"({"type":"BPE","vocab":{"a":0},"merges":[],)" + option + "}"), HasSubstr(name));
  }
}

TEST(TokenModel, RefusesABrokenVocabulary) {
  EXPECT_THAT(Refusal(R"({"type":"WordLevel"})"), HasSubstr("vocab"));
  EXPECT_THAT(Refusal(R"({"type":"WordLevel","vocab":{"a":"0"}})"), HasSubstr("token \"a\""));
  EXPECT_THAT(Refusal(R"({"type":"WordLevel","vocab":{"a":0,"b":0}})"), HasSubstr("id 0 is of two tokens"));
}

}  // namespace
}  // namespace rubato
