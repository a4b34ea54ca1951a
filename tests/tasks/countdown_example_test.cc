// What lies in examples/countdown is what the commands make, and fits together.

#include <sstream>
#include <string>

#include "common/file.h"
#include "gtest/gtest.h"
#include "tasks/countdown_data_command.h"
#include "tasks/countdown_expert.h"
#include "tasks/dataset.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

constexpr char kData[] = "examples/countdown/data";

TEST(CountdownExample, ItsDataIsWhatTheCommandWrites) {
  const std::string made = ::testing::TempDir() + "/made";
  std::ostringstream out;
  const absl::Status status = RunCountdownData({.out = made}, out);
  ASSERT_TRUE(status.ok()) << status;
  for (const std::string name : {"train.jsonl", "validation.jsonl", "heldout.jsonl"}) {
    EXPECT_TRUE(*ReadFile(made + "/" + name) == *ReadFile(std::string(kData) + "/" + name))
        << name << " differs; if the command was changed on purpose: rubato data countdown --out " << kData;
  }
}

TEST(CountdownExample, ItsTokenizerHasOneTokenForEachCharacterOfPuzzlesAndGames) {
  const auto tokenizer = Tokenizer::Load("examples/countdown/base");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto expect_characters = [&](const std::string& text) {
    const auto ids = tokenizer->Encode(text);
    ASSERT_TRUE(ids.ok()) << ids.status();
    EXPECT_EQ(ids->size(), text.size()) << text;
    EXPECT_EQ(tokenizer->Decode(*ids), text);
  };
  const auto rows = LoadDataset(std::string(kData) + "/validation.jsonl");
  ASSERT_TRUE(rows.ok()) << rows.status();
  for (const DataRow& row : *rows) expect_characters(row.prompt);
  RandomStream random(1, "test");
  for (int i = 0; i < 200; ++i) expect_characters(PlayCountdown({{12, 19, 9}, 22}, {}, &random).response);
}

}  // namespace
}  // namespace rubato
