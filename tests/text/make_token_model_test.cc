#include "text/make_token_model.h"

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

TEST(MakeTokenModel, NamesTheWordThatIsInNoVocabulary) {
  const auto model = Make(R"({"type":"WordLevel","vocab":{"a":0},"unk_token":"?"})");
  ASSERT_TRUE(model.ok());
  std::vector<int32_t> ids;
  EXPECT_TRUE((*model)->Tokenize("a", &ids).ok());
  EXPECT_THAT(ids, ElementsAre(0));
  EXPECT_THAT(std::string((*model)->Tokenize("bc", &ids).message()),
              HasSubstr("\"bc\" is not in the vocabulary"));
}

TEST(MakeTokenModel, ReadsBothSpellingsOfMerges) {
  for (const std::string merges : {R"(["a b","ab a"])", R"([["a","b"],["ab","a"]])"}) {
    const auto model = Make(R"({"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"aba":3},"merges":)" + merges + "}");
    ASSERT_TRUE(model.ok()) << model.status();
    std::vector<int32_t> ids;
    EXPECT_TRUE((*model)->Tokenize("aba", &ids).ok());
    EXPECT_THAT(ids, ElementsAre(3)) << merges;
  }
}

TEST(MakeTokenModel, RefusesUnsupportedKindsAndOptionsByName) {
  EXPECT_THAT(Refusal(R"({"type":"Unigram"})"), HasSubstr("kind \"Unigram\" is not supported"));
  for (const std::string option :
       {R"("continuing_subword_prefix":"##")", R"("end_of_word_suffix":"</w>")", R"("dropout":0.1)"}) {
    const std::string name = option.substr(0, option.find(':'));
    EXPECT_THAT(Refusal(R"({"type":"BPE","vocab":{"a":0},"merges":[],)" + option + "}"), HasSubstr(name));
  }
  EXPECT_EQ(Refusal(R"({"type":"BPE","vocab":{"a":0},"merges":[],"continuing_subword_prefix":"",
                        "end_of_word_suffix":"","dropout":null})"),
            "");
}

TEST(MakeTokenModel, MergesWithoutATypeAreBpe) {
  EXPECT_TRUE(Make(R"({"vocab":{"a":0},"merges":[]})").ok());
  EXPECT_THAT(Refusal(R"({"vocab":{"a":0}})"), HasSubstr("type"));
}

TEST(MakeTokenModel, NamesTheMergeThatIsWrong) {
  const auto refusal = [](const std::string& merges) {
    return Refusal(R"({"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[)" + merges + "]}");
  };
  EXPECT_THAT(refusal(R"("a b","a c")"), HasSubstr("\"merges\": entry 1: \"c\" is not in the vocabulary"));
  EXPECT_THAT(refusal(R"(["b","a"])"), HasSubstr("\"ba\" is not in the vocabulary"));
  for (const std::string broken : {R"("ab")", R"("a b ")", R"(["a"])", "1"}) {
    EXPECT_THAT(refusal(broken), HasSubstr("entry 0: is no pair of tokens")) << broken;
  }
}

TEST(MakeTokenModel, RefusesABrokenVocabulary) {
  EXPECT_THAT(Refusal(R"({"type":"WordLevel"})"), HasSubstr("vocab"));
  EXPECT_THAT(Refusal(R"({"type":"WordLevel","vocab":{"a":"0"}})"), HasSubstr("token \"a\""));
  EXPECT_THAT(Refusal(R"({"type":"WordLevel","vocab":{"a":0,"b":0}})"), HasSubstr("id 0 is of two tokens"));
}

}  // namespace
}  // namespace rubato
