#include "text/pre_tokenizer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<PreTokenizer>> Make(std::string_view json) {
  return MakePreTokenizer(*Json::Parse(json));
}

std::vector<std::string> Cut(std::string_view json, std::string_view text) {
  const auto made = Make(json);
  EXPECT_TRUE(made.ok()) << made.status();
  Pieces pieces;
  pieces.views = {text};
  EXPECT_TRUE((*made)->Cut(&pieces).ok());
  return {pieces.views.begin(), pieces.views.end()};
}

std::string Refusal(std::string_view json) { return std::string(Make(json).status().message()); }

TEST(PreTokenizer, KeepsATextWholeWhenThereIsNone) { EXPECT_THAT(Cut("null", "a b"), ElementsAre("a b")); }

TEST(PreTokenizer, CutsIntoCharactersOfSeveralBytes) {
  EXPECT_THAT(
      Cut(R"({"type":"Split","pattern":{"Regex":"."},"behavior":"Isolated","invert":false})", "a\u65e5b"),
      ElementsAre("a", "\u65e5", "b"));
}

TEST(PreTokenizer, ByteLevelCutsAndMakesBytesVisible) {
  EXPECT_THAT(Cut(R"({"type":"ByteLevel"})", "a b\n"), ElementsAre("\u0120a", "\u0120b", "\u010a"));
  EXPECT_THAT(Cut(R"({"type":"ByteLevel","add_prefix_space":false,"use_regex":false})", "a \u00e9"),
              ElementsAre("a\u0120\u00c3\u00a9"));
}

TEST(PreTokenizer, ASequenceCutsThePiecesOfTheOneBefore) {
  EXPECT_THAT(Cut(R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
                      {"type":"Digits","individual_digits":true},{"type":"ByteLevel"}]})",
                  "a1 22"),
              ElementsAre("\u0120a", "\u01201", "\u01202", "\u01202"));
}

TEST(PreTokenizer, DigitsAreCutOutTogetherOrEachAlone) {
  EXPECT_THAT(Cut(R"({"type":"Digits","individual_digits":false})", "a12\u00b2b"),
              ElementsAre("a", "12\u00b2", "b"));
  EXPECT_THAT(Cut(R"({"type":"Digits","individual_digits":true})", "12a"), ElementsAre("1", "2", "a"));
}

TEST(PreTokenizer, WhitespaceCutsBetweenWordsAndOthers) {
  EXPECT_THAT(Cut(R"({"type":"Whitespace"})", " ab.,c\u3000d"), ElementsAre("ab", ".,", "c", "d"));
  EXPECT_THAT(Cut(R"({"type":"WhitespaceSplit"})", " ab.,c\u3000d"), ElementsAre("ab.,c", "d"));
}

TEST(PreTokenizer, RefusesAnUnsupportedKindByName) {
  EXPECT_THAT(Refusal(R"({"type":"Metaspace"})"), HasSubstr("kind \"Metaspace\" is not supported"));
  EXPECT_THAT(Refusal(R"({"type":"Sequence","pretokenizers":[{"type":"Punctuation"}]})"),
              HasSubstr("kind \"Punctuation\" is not supported"));
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
