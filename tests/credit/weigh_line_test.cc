#include "credit/weigh_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

// Four tokens under h_lo 1, h_hi 2: FAI is defined on the first three.
CreditSettings Small() {
  CreditSettings settings;
  settings.h_lo = 1;
  settings.h_hi = 2;
  return settings;
}

// Three heads; ranking d makes head 2 local and head 0 global.
Json PerHead() {
  return *Json::Parse(R"({
    "id": "x", "advantage": -2,
    "waad": [[9, 9, 9, 9], [8, 8, 8, 8], [5, 1, 4, 2]],
    "fai": [[0.5, 0.25, 0.75, null], [0, 0, 0, null], [1, 1, 1, null]],
    "d": [30, 20, 5]})");
}

std::string Error(const Json& line, const CreditSettings& settings = Small()) {
  return std::string(WeighLine(line.Dump(), settings).status().message());
}

Json With(std::string key, const char* value) {
  Json line = PerHead();
  line.Set(std::move(key), *Json::Parse(value));
  return line;
}

TEST(WeighLine, RanksHeadsAveragesWeighsAndAnswersUnderTheSameId) {
  const absl::StatusOr<std::string> answer = WeighLine(PerHead().Dump(), Small());
  ASSERT_TRUE(answer.ok()) << answer.status();
  // Of FAI 0.5 0.25 0.75 one token, 2, is an anchor; WAAD there is above the median 3.
  EXPECT_EQ(*answer,
            "{\"id\":\"x\",\"advantages\":[-2.0,-2.0,-3.0,-2.0],\"dominated\":[],\"gamma\":[1.0,1.0,1.5,1.0],"
            "\"global\":"
            "[2],\"head_sets\":{\"global\":[[0,0]],\"local\":[[0,2]]},\"intro\":[],\"local\":[],\"reasons\":{"
            "\"excluded\":"
            "0,\"masked\":0,\"negative_advantage\":0,\"short_response\":0,\"undefined\":1}}");
}

TEST(WeighLine, LayersAndHeadsNameTheHeads) {
  Json line = With("layers", "[4, 6, 9]");
  line.Set("heads", 1);
  EXPECT_THAT(*WeighLine(line.Dump(), Small()), HasSubstr(R"({"global":[[4,0]],"local":[[9,0]]})"));
}

TEST(WeighLine, SetMeansNeedNoDistances) {
  EXPECT_THAT(*WeighLine(R"({"id": 1, "advantage": 1, "waad": [5, 1, 4], "fai": [0.2, 0.1, null]})", Small()),
              HasSubstr(R"("gamma":[1.5,1.0,1.0])"));
}

TEST(WeighLine, MeansAreTakenInDouble) {  // C4: as fp32 the first two would tie, and the first be taken
  CreditSettings settings = Small();
  settings.q = 0.4;
  EXPECT_THAT(*WeighLine(R"({"advantage": 1, "waad": [5, 5, 5, 5], "fai": [0.5, 0.50000000001, 0.1, null]})",
                         settings),
              HasSubstr(R"("global":[1])"));
}

TEST(WeighLine, MaskedAndExcludedTokensAreNeitherRankedNorSilent) {
  CreditSettings settings = Small();
  settings.exclude_token_ids = {7};
  Json line = With("mask", "[1, 1, 0, true]");
  line.Set("ids", *Json::Parse("[7, 3, 3, 3]"));
  const std::string answer = *WeighLine(line.Dump(), settings);
  EXPECT_THAT(answer, HasSubstr(R"("global":[1])"));
  EXPECT_THAT(answer, HasSubstr(R"("excluded":1,"masked":1)"));
}

TEST(WeighLine, RandomNeedsGroupAndSampleAndEntropyItsOwn) {  // C14, C15
  CreditSettings random = Small(), entropy = Small();
  random.scheme = Scheme::kRandom;
  entropy.scheme = Scheme::kEntropy;
  EXPECT_THAT(Error(PerHead(), random), HasSubstr("has no \"group\""));
  EXPECT_THAT(Error(With("group", "\"0/3\""), random), HasSubstr("has no \"sample\""));
  EXPECT_THAT(Error(PerHead(), entropy), HasSubstr("has no \"entropy\""));
  EXPECT_THAT(*WeighLine(With("entropy", "[0, 3, 0, 2]").Dump(), entropy), HasSubstr(R"("global":[1,3])"));
}

TEST(WeighLine, BrokenInputIsRefusedByName) {
  EXPECT_THAT(Error(With("advantage", "\"1\"")), HasSubstr("\"advantage\": holds text"));
  EXPECT_THAT(Error(With("d", "[30, 20]")), HasSubstr("\"d\" has 2 entries; it must have 3, one per head"));
  EXPECT_THAT(Error(With("d", "[30, -1, 5]")), HasSubstr("d[1] is -1"));
  EXPECT_THAT(Error(With("d", "[30, null, 5]")), HasSubstr("d[1] is nan"));
  EXPECT_THAT(Error(With("d", "[30, 20, 2.9]")), HasSubstr("the mean of \"waad\" over the local heads is 3"));
  EXPECT_THAT(Error(With("heads", "2")), HasSubstr("1 \"layers\" of 2 \"heads\" are 2 sampled heads"));
  EXPECT_THAT(Error(With("layers", "[3, 2, 4]")), HasSubstr("\"layers\" holds 2"));
  EXPECT_THAT(Error(With("fai", "[[0, 0, 0, null], [0, 0, 0, null]]")), HasSubstr("\"fai\" has 2 entries"));
  EXPECT_THAT(Error(With("fai", "[[0, 0, 0, null], [0, 0, null], [0, 0, 0, null]]")),
              HasSubstr("\"fai\"[1] has 3 entries; it must have 4"));
  EXPECT_THAT(Error(With("fai", "[[0, null, 0, null], [0, 0, 0, null], [0, 0, 0, null]]")),
              HasSubstr("\"fai\"[0][1] is null, where the statistic is defined"));
  EXPECT_THAT(Error(With("fai", "[[0, 0, 0, 0], [0, 0, 0, null], [0, 0, 0, null]]")),
              HasSubstr("\"fai\"[0][3] is 0, where no row is h_lo to h_hi tokens ahead"));
  EXPECT_THAT(Error(With("fai", "[[0, 1.5, 0, null], [0, 0, 0, null], [0, 0, 0, null]]")),
              HasSubstr("\"fai\"[0][1] is 1.5; it must be in 0..1"));
  EXPECT_THAT(Error(With("waad", "[[9, 9, 9, 9], [8, 8, 8, 11], [5, 1, 4, 2]]")),
              HasSubstr("\"waad\"[1][3] is 11; it must be in 0..10"));
  EXPECT_THAT(Error(With("waad", "[[9, 9, 9, 9], [8, null, 8, 8], [5, 1, 4, 2]]")),
              HasSubstr("\"waad\"[1][1] is null"));
  EXPECT_THAT(Error(With("waad", "[[], [], []]")), HasSubstr("is empty"));
  EXPECT_THAT(Error(With("waad", "[5, 1, 4, 2]")), HasSubstr("both must be alike"));
  EXPECT_THAT(Error(With("mask", "[1, 2, 1, 1]")), HasSubstr("\"mask\"[1] is 2"));
  EXPECT_THAT(Error(With("entropy", "[0, 0, -1, 0]")), HasSubstr("\"entropy\"[2] is -1"));
  EXPECT_THAT(std::string(WeighLine("{\"advantage\": NaN}", Small()).status().message()),
              HasSubstr("invalid literal"));
}

}  // namespace
}  // namespace rubato
