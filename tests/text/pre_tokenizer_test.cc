#include "text/pre_tokenizer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<std::unique_ptr<PreTokenizer>> Make(std::string_view json) {
  return MakePreTokenizer(*Json::Parse(json));
}

std::string Refusal(std::string_view json) { return std::string(Make(json).status().message()); }

TEST(PreTokenizer, KeepsATextWholeWhenThereIsNone) {
  const auto none = Make("null");
  ASSERT_TRUE(none.ok());
  EXPECT_THAT(*(*none)->Split("a b"), ElementsAre("a b"));
  EXPECT_THAT(*(*none)->Split(""), IsEmpty());
}

TEST(PreTokenizer, CutsIntoCharactersOfSeveralBytes) {
  const auto split = Make(R"({"type":"Split","pattern":{"Regex":"."},"behavior":"Isolated","invert":false})");
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_THAT(*(*split)->Split("a\u65e5b"), ElementsAre("a", "\u65e5", "b"));
}

TEST(PreTokenizer, RefusesAnUnsupportedKindByName) {
  EXPECT_THAT(Refusal(R"({"type":"Metaspace"})"), HasSubstr("kind \"Metaspace\" is not supported"));
  EXPECT_THAT(Refusal(R"({})"), HasSubstr("type"));
}

TEST(PreTokenizer, SaysWhichFieldOfSplitIsWrong) {
  EXPECT_THAT(Refusal(R"({"type":"Split","behavior":"Isolated"})"), HasSubstr("\"pattern\""));
  EXPECT_THAT(Refusal(R"({"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"})"),
              HasSubstr("fails at offset"));
  EXPECT_THAT(Refusal(R"({"type":"Split","pattern":{"Regex":"a"},"behavior":"Joined"})"),
              HasSubstr("unknown \"behavior\" \"Joined\""));
  EXPECT_THAT(Refusal(R"({"type":"Split","pattern":{"Regex":"a"}})"), HasSubstr("behavior"));
}

}  // namespace
}  // namespace rubato
