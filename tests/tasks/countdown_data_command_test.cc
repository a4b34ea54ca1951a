#include "tasks/countdown_data_command.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tasks/dataset.h"
#include "tasks/verifier.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

// A directory of its own for each test.
std::string Directory(const std::string& name = "") {
  return ::testing::TempDir() + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + name;
}

std::string Write(const CountdownDataOptions& options) {
  std::ostringstream out;
  const absl::Status status = RunCountdownData(options, out);
  EXPECT_TRUE(status.ok()) << status;
  return out.str();
}

Dataset Load(const std::string& path) {
  const auto verifier = MakeVerifier("countdown");
  auto rows = LoadDataset(path, [&](const Json& row) { return (*verifier)->CheckRow(row); });
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *std::move(rows);
}

std::set<std::multiset<int64_t>> Multisets(const Dataset& rows) {
  std::set<std::multiset<int64_t>> multisets;
  for (const DataRow& row : rows) {
    std::multiset<int64_t> nums;
    const Json json = *Json::Parse(row.json);
    for (const Json& number : json.Find("nums")->array()) nums.insert(*number.AsInt());
    multisets.insert(nums);
  }
  return multisets;
}

bool Disjoint(const std::set<std::multiset<int64_t>>& a, const std::set<std::multiset<int64_t>>& b) {
  return std::none_of(a.begin(), a.end(), [&](const auto& multiset) { return b.contains(multiset); });
}

TEST(CountdownData, WritesRowsThatTheVerifierAccepts) {
  const std::string said = Write({.out = Directory(), .train = 300, .validation = 200, .heldout = 100});
  const Dataset train = Load(Directory() + "/train.jsonl");
  EXPECT_EQ(train.size(), 300u);
  EXPECT_EQ(Load(Directory() + "/validation.jsonl").size(), 200u);
  EXPECT_EQ(Load(Directory() + "/heldout.jsonl").size(), 100u);
  EXPECT_THAT(said, HasSubstr("/train.jsonl: 300 puzzles"));
  EXPECT_FALSE(FileExists(Directory() + "/sft.jsonl"));
  std::set<std::string> prompts;
  for (const DataRow& row : train) prompts.insert(row.prompt);
  EXPECT_EQ(prompts.size(), 300u) << "a puzzle is there once";
}

TEST(CountdownData, NoTwoFilesShareAMultisetOfNumbersEvenAcrossSeeds) {
  Write({.out = Directory("1"), .seed = 1, .train = 0, .validation = 0, .heldout = 0});
  Write({.out = Directory("2"), .seed = 2, .train = 0, .validation = 0, .heldout = 0});
  const auto train = Multisets(Load(Directory("1") + "/train.jsonl"));
  const auto validation = Multisets(Load(Directory("2") + "/validation.jsonl"));
  const auto heldout = Multisets(Load(Directory("1") + "/heldout.jsonl"));
  EXPECT_EQ(heldout, Multisets(Load(Directory("2") + "/heldout.jsonl")));
  EXPECT_TRUE(Disjoint(train, validation));
  EXPECT_TRUE(Disjoint(train, heldout));
  EXPECT_TRUE(Disjoint(validation, heldout));
  const size_t all = train.size() + validation.size() + heldout.size();
  EXPECT_GT(train.size(), all * 7 / 10);
}

TEST(CountdownData, GamesAreOfTheTrainingPartAndHoldTheTokensAskedFor) {
  Write({.out = Directory(), .train = 0, .validation = 0, .heldout = 0, .sft_tokens = 50'000});
  const auto games = LoadDataset(Directory() + "/sft.jsonl");
  ASSERT_TRUE(games.ok()) << games.status();
  std::set<std::string> seen;
  size_t tokens = 0;
  for (const DataRow& game : *games) {
    const auto response = Json::Parse(game.json)->GetString("response");
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->back(), '$');
    tokens += game.prompt.size() + response->size();
    seen.insert(game.prompt);
  }
  EXPECT_GE(tokens, 50'000u);
  EXPECT_LT(tokens, 50'300u);
  const auto multiset_of = [](const std::string& prompt) {
    std::multiset<int64_t> nums;
    std::istringstream text(prompt.substr(1));
    for (int i = 0; i < 3; ++i) {
      int64_t number = 0;
      char separator = 0;
      text >> number >> separator;
      nums.insert(number);
    }
    return nums;
  };
  const auto train = Multisets(Load(Directory() + "/train.jsonl"));
  for (const std::string& prompt : seen) EXPECT_TRUE(train.contains(multiset_of(prompt))) << prompt;
}

TEST(CountdownData, TheSameSeedGivesTheSameBytes) {
  const auto files = [](uint64_t seed, const std::string& name) {
    Write({.out = Directory(name), .seed = seed, .train = 100, .sft_tokens = 5'000});
    return *ReadFile(Directory(name) + "/train.jsonl") + *ReadFile(Directory(name) + "/sft.jsonl");
  };
  const std::string first = files(5, "1");
  EXPECT_EQ(first, files(5, "2"));
  EXPECT_NE(first, files(6, "3"));
}

TEST(CountdownData, RefusesMorePuzzlesThanThereAre) {
  std::ostringstream out;
  const absl::Status status = RunCountdownData({.out = Directory(), .heldout = 100'000}, out);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("heldout: 100000 puzzles are wanted; there are "));
}

TEST(CountdownData, NeedsADirectory) {
  std::ostringstream out;
  EXPECT_THAT(std::string(RunCountdownData({}, out).message()), HasSubstr("--out is missing"));
}

}  // namespace
}  // namespace rubato
