#include "tasks/countdown_expert.h"

#include <algorithm>
#include <cstdlib>
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
    EXPECT_EQ(PlayCountdown(hopeless, {.patience = {0, 0, 1}, .aim = 0}, &random).tries, 3);
  }
}

TEST(CountdownExpert, AnAimedGameMakesNoFirstStepTwiceAndEndsWhenNoneIsLeft) {
  RandomStream random(4, "test");
  std::vector<double> thirty_tries(30, 0.0);
  thirty_tries.back() = 1;
  for (int i = 0; i < 20; ++i) {
    const CountdownGame game =
        PlayCountdown({{12, 19, 9}, 99}, {.patience = thirty_tries, .aim = 1}, &random);
    std::set<std::string> firsts;
    for (const std::string& a_try : TriesOf(game.response)) firsts.insert(a_try.substr(0, a_try.find(',')));
    EXPECT_EQ(game.tries, 6) << "12+19, 19-12, 12+9, 12-9, 19+9, 19-9";
    EXPECT_EQ(firsts.size(), 6u);
  }
}

TEST(CountdownExpert, TheSecondStepOfAnAimedTryComesNearestToTheTarget) {
  RandomStream random(5, "test");
  for (int i = 0; i < 200; ++i) {
    const CountdownGame game = PlayCountdown(kPuzzle, {.patience = {1}, .aim = 1}, &random);
    const std::string a_try = TriesOf(game.response).front();
    const std::string first = a_try.substr(0, a_try.find(','));
    int nearest = 99;
    for (const CountdownTry& other : ValidTries(kPuzzle.nums)) {
      if (other.Steps().starts_with(first + ",")) nearest = std::min(nearest, std::abs(other.value() - 22));
    }
    EXPECT_EQ(std::abs(std::stoi(a_try.substr(a_try.rfind('=') + 1)) - 22), nearest) << game.response;
  }
}

TEST(CountdownExpert, AimingMakesHitsLikelier) {
  RandomStream random(6, "test");
  int blind = 0, aimed = 0;
  for (int i = 0; i < 2000; ++i) {
    blind += PlayCountdown(kPuzzle, {.patience = {1}, .aim = 0}, &random).solved;
    aimed += PlayCountdown(kPuzzle, {.patience = {1}, .aim = 1}, &random).solved;
  }
  EXPECT_GT(aimed, 2 * blind);
}

TEST(CountdownExpert, PlaysTheSameGameFromTheSameRandomness) {
  RandomStream a(7, "test"), b(7, "test");
  EXPECT_EQ(PlayCountdown(kPuzzle, {}, &a).response, PlayCountdown(kPuzzle, {}, &b).response);
}

}  // namespace
}  // namespace rubato
