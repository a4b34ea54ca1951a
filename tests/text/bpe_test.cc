#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "text/make_token_model.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kVocab[] =
    R"("type":"BPE","vocab":{"?":0,"a":1,"b":2,"c":3,"ab":4,"bc":5,"abc":6,"<0x64>":7})";

std::vector<int32_t> Ids(const std::string& options, std::string_view piece) {
  const auto model = MakeTokenModel(*Json::Parse("{" + std::string(kVocab) + "," + options + "}"));
  EXPECT_TRUE(model.ok()) << model.status();
  std::vector<int32_t> first, again;
  EXPECT_TRUE((*model)->Tokenize(piece, &first).ok());
  EXPECT_TRUE((*model)->Tokenize(piece, &again).ok());
  EXPECT_EQ(first, again) << "what is remembered of a piece changes nothing";
  return first;
}

TEST(Bpe, TheLowestRankGoesFirst) {
  EXPECT_THAT(Ids(R"("merges":["b c","a b"])", "abc"), ElementsAre(1, 5));
  EXPECT_THAT(Ids(R"("merges":["a b","b c","ab c"])", "abc"), ElementsAre(6));
}

TEST(Bpe, OfEqualRanksTheLeftmostGoesFirst) {
  const auto model =
      MakeTokenModel(*Json::Parse(R"({"type":"BPE","vocab":{"a":0,"aa":1},"merges":["a a"]})"));
  std::vector<int32_t> ids;
  EXPECT_TRUE((*model)->Tokenize("aaa", &ids).ok());
  EXPECT_THAT(ids, ElementsAre(1, 0));
}

TEST(Bpe, ATokenThatNoMergesMakeIsMadeOnlyWhenMergesAreIgnored) {
  EXPECT_THAT(Ids(R"("merges":["b c"])", "abc"), ElementsAre(1, 5));
  EXPECT_THAT(Ids(R"("merges":["b c"],"ignore_merges":true)", "abc"), ElementsAre(6));
}

TEST(Bpe, CharactersOfNoTokenAreUnknownOrDropped) {
  EXPECT_THAT(Ids(R"("merges":[],"unk_token":"?")", "xya"), ElementsAre(0, 0, 1));
  EXPECT_THAT(Ids(R"("merges":[],"unk_token":"?","fuse_unk":true)", "xya\u65e5"), ElementsAre(0, 1, 0));
  EXPECT_THAT(Ids(R"("merges":[])", "xy"), IsEmpty());
}

TEST(Bpe, BytesStandInWhereAllOfThemAreTokens) {
  EXPECT_THAT(Ids(R"("merges":[],"byte_fallback":true,"unk_token":"?")", "de"), ElementsAre(7, 0));
}

TEST(Bpe, AnUnknownTokenThatIsNoneIsAnErrorWhenItIsNeeded) {
  const auto model =
      MakeTokenModel(*Json::Parse("{" + std::string(kVocab) + R"(,"merges":[],"unk_token":"!"})"));
  ASSERT_TRUE(model.ok()) << model.status();
  std::vector<int32_t> ids;
  EXPECT_TRUE((*model)->Tokenize("a", &ids).ok());
  EXPECT_THAT(std::string((*model)->Tokenize("x", &ids).message()),
              HasSubstr("\"!\" is not in the vocabulary"));
}

}  // namespace
}  // namespace rubato
