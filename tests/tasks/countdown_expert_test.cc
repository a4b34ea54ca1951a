#include "tasks/countdown_expert.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tasks/verifier.h"

namespace rubato {
namespace {

using ::testing::MatchesRegex;

const CountdownPuzzle kPuzzle{{12, 19, 9}, 22};

// The tries of a game, marks included.
std::vector<std::string> TriesOf(const std::string& response) {
  std::vector<std::string> tries(1);
  for (const char c : response.substr(0, response.find('#'))) {
    tries.back() += c;
    if (c == '<' || c == '>' || c == '!') tries.emplace_back();
  }
  tries.pop_back();
  return tries;
}

double Reward(const CountdownPuzzle& puzzle, const std::string& response) {
  Json row;
  row.Set("nums", Json(Json::Array{puzzle.nums[0], puzzle.nums[1], puzzle.nums[2]}));
  row.Set("target", puzzle.target);
  return (*MakeVerifier("countdown"))->Judge(row, response)->front().value;
}

TEST(CountdownExpert, WritesGamesThatTheVerifierAgreesWith) {
  RandomStream random(1, "test");
  const CountdownExpertOptions options;
  int solved = 0;
  for (int i = 0; i < 2000; ++i) {
    const CountdownGame game = PlayCountdown(kPuzzle, options, &random);
    EXPECT_THAT(game.response, MatchesRegex("([0-9=+*/,-]+[<>!])+#[0-9()+*/-]+\\$"));
    EXPECT_EQ(Reward(kPuzzle, game.response), game.solved ? 1 : 0) << game.response;
    EXPECT_EQ(TriesOf(game.response).size(), static_cast<size_t>(game.tries));
    solved += game.solved;
  }
  EXPECT_GT(solved, 100);
  EXPECT_LT(solved, 1900);
}

TEST(CountdownExpert, MarksEachTryAndStopsAtAHit) {
  RandomStream random(2, "test");
  for (int i = 0; i < 500; ++i) {
    const CountdownGame game = PlayCountdown(kPuzzle, {}, &random);
    const std::vector<std::string> tries = TriesOf(game.response);
    for (size_t t = 0; t < tries.size(); ++t) {
      const std::string& a_try = tries[t];
      const int value = std::stoi(a_try.substr(a_try.rfind('=') + 1));
      EXPECT_EQ(a_try.back(), value < 22 ? '<' : value > 22 ? '>' : '!') << game.response;
      EXPECT_TRUE(a_try.back() != '!' || t + 1 == tries.size()) << game.response;
    }
  }
}

TEST(CountdownExpert, GivesUpWhenItsPatienceEnds) {
  RandomStream random(3, "test");
  const CountdownPuzzle hopeless{{12, 19, 9}, 99};
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(PlayCountdown(hopeless, {.patience = {0, 0, 1}, .care = {1}}, &random).tries, 3);
  }
}

TEST(CountdownExpert, ACarefulGameNeverRepeatsATry) {
  RandomStream random(4, "test");
  const CountdownPuzzle hopeless{{12, 19, 9}, 99};
  for (int i = 0; i < 100; ++i) {
    const auto tries =
        TriesOf(PlayCountdown(hopeless, {.patience = {0, 0, 0, 0, 1}, .care = {0, 1}}, &random).response);
    EXPECT_EQ(std::set<std::string>(tries.begin(), tries.end()).size(), 5u);
  }
}

TEST(CountdownExpert, CareMakesHitsLikelier) {
  RandomStream random(5, "test");
  int careless = 0, careful = 0;
  for (int i = 0; i < 2000; ++i) {
    careless += PlayCountdown(kPuzzle, {.patience = {1}, .care = {1}}, &random).solved;
    careful += PlayCountdown(kPuzzle, {.patience = {1}, .care = {0, 0, 0, 1}}, &random).solved;
  }
  EXPECT_GT(careful, 2 * careless);
}

TEST(CountdownExpert, EndsWhenNoTryIsLeft) {
  RandomStream random(6, "test");
  std::vector<double> thirty_tries(30, 0.0);
  thirty_tries.back() = 1;
  const CountdownPuzzle ones{{1, 1, 1}, 50};
  EXPECT_EQ(PlayCountdown(ones, {.patience = thirty_tries, .care = {0, 1}}, &random).tries, 10);
}

TEST(CountdownExpert, PlaysTheSameGameFromTheSameRandomness) {
  RandomStream a(7, "test"), b(7, "test");
  EXPECT_EQ(PlayCountdown(kPuzzle, {}, &a).response, PlayCountdown(kPuzzle, {}, &b).response);
}

}  // namespace
}  // namespace rubato
