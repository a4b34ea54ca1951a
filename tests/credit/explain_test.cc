#include "credit/explain.h"

#include <gtest/gtest.h>

#include <limits>

namespace rubato {
namespace {

using Texts = std::vector<std::string>;
using Gamma = std::vector<double>;

std::string Line(const Texts& tokens, const Gamma& gamma, Emphasis emphasis = Emphasis::kBrackets) {
  return TokenLine(tokens, gamma, 1.5, emphasis);
}

TEST(TokenLine, MarksEachWeightByHowMuchOfTheBonusItHas) {
  EXPECT_EQ(Line({"a", "b", "c", "d", "e"}, {1, 1.25, 1.5, 1.75, 1}), "a[b][[c]][[[d]]]e");
}

TEST(TokenLine, PutsEqualNeighboursTogether) {
  EXPECT_EQ(Line({"1", "9", "-", "1", "2"}, {1.5, 1.5, 1, 1.25, 1.25}), "[[19]]-[12]");
}

TEST(TokenLine, ColoursForATerminalAndResetsAfterEachRun) {
  EXPECT_EQ(Line({"a", "b"}, {1, 1.5}, Emphasis::kColours), "a\x1b[38;5;16;48;5;215mb\x1b[0m");
}

TEST(TokenLine, MarksNothingWhenNothingIsAmplified) {
  EXPECT_EQ(TokenLine(Texts{"a", "b"}, Gamma{1, 1}, 1.0, Emphasis::kBrackets), "ab");
  EXPECT_EQ(Line({}, {}), "");
}

TEST(TokenLine, EscapesWhatAModelSays) {
  EXPECT_EQ(Line({"\x1b[31m", "\n", "\xff"}, {1, 1, 1.5}), "\\x1b[31m\\n[[\\xff]]");
}

TEST(TokenLine, KeepsACharacterThatSpansTokensOfOneWeight) {
  EXPECT_EQ(Line({"\xc3", "\xa9"}, {1.5, 1.5}), "[[\xc3\xa9]]");
  EXPECT_EQ(Line({"\xc3", "\xa9"}, {1.5, 1}), "[[\\xc3]]\\xa9");
}

TEST(TokenLine, RoundingInAGammaDoesNotChangeItsMark) {
  EXPECT_EQ(TokenLine(Texts{"a"}, Gamma{1 + (1.3 - 1) * (0.3 + (1 - 0.3))}, 1.3, Emphasis::kBrackets),
            "[[a]]");
}

TEST(TokenLineLegend, ListsTheWeightsOfCoupledOnce) {
  EXPECT_EQ(TokenLineLegend(1.5, 0.5, Emphasis::kBrackets), "weight 1 [1.25] [[1.5]] [[[1.75]]]");
  EXPECT_EQ(TokenLineLegend(1, 0.5, Emphasis::kBrackets), "weight 1");
}

TEST(TokenTable, SaysWhyOfEachToken) {
  const std::vector<float> waad = {4, 9, 4, 1},
                           fai = {0.125f, 0.5f, 0.25f, std::numeric_limits<float>::quiet_NaN()};
  const ResponseView view =
      MakeResponseView(waad, fai,
                       std::vector<TokenRole>{TokenRole::kMasked, TokenRole::kTrained, TokenRole::kTrained,
                                              TokenRole::kTrained});
  TokenWeights weights;
  weights.gamma = {1, 1.75, 1.25, 1};
  weights.global = {1, 2};
  weights.dominated = {2};
  weights.intro = {1};
  EXPECT_EQ(TokenTable(Texts{"\n", "so", "caf\xc3\xa9", "."}, view, weights),
            "    #  token      WAAD     delta       FAI   gamma\n"
            "    0  \\n       4.0000    5.0000    0.1250       1  masked\n"
            "    1  so       9.0000    5.0000    0.5000    1.75  anchor, intro\n"
            "    2  caf\xc3\xa9     4.0000    3.0000    0.2500    1.25  dominated anchor\n"
            "    3  .        1.0000         -         -       1\n");
}

}  // namespace
}  // namespace rubato
