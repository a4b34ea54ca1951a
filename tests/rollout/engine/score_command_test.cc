#include "rollout/score_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "common/json.h"
#include "policy/decoder.h"
#include "policy/model_directory.h"
#include "policy/score.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const ScoreOptions kOptions{.model = "tests/oracle/goldens/tied", .temperature = 0.7f};

absl::StatusOr<std::vector<Json>> Score(const std::string& lines, ScoreOptions options = kOptions) {
  std::istringstream in(lines);
  std::ostringstream out;
  const absl::Status status = ScoreLines(options, "input.jsonl", in, out);
  if (!status.ok()) return status;
  std::vector<Json> answers;
  std::istringstream text(out.str());
  for (std::string line; std::getline(text, line);) answers.push_back(*Json::Parse(line));
  return answers;
}

std::string ErrorOf(const std::string& lines) {
  const absl::Status status = Score(lines).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(ScoreCommand, AnswersEachLineWithItsIdInOrder) {
  const auto answers =
      Score("{\"id\":\"b\",\"ids\":[1,2,3],\"prompt_len\":1}\n{\"id\":[7],\"ids\":[1,2],\"prompt_len\":2}\n");
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->size(), 2u);
  EXPECT_EQ(*answers->at(0).Find("id"), Json("b"));
  EXPECT_EQ(answers->at(0).Find("logprobs")->array().size(), 2u);
  EXPECT_EQ(answers->at(0).Find("entropies")->array().size(), 2u);
  EXPECT_EQ(*answers->at(1).Find("id"), Json(Json::Array{7}));
  EXPECT_TRUE(answers->at(1).Find("logprobs")->array().empty());
}

TEST(ScoreCommand, PrintsNumbersThatReadBackToTheSameBits) {
  const ModelDirectory directory = *ReadModelDirectory(kOptions.model);
  Model model(directory.config);
  model.Repack(directory.weights);
  KvCache cache(directory.config, 1 << 20);
  Decoder decoder(&model, &cache, 1);
  const std::vector<int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6};
  const TokenScores expected = *ScoreTokens(&decoder, ids, 2, kOptions.temperature);
  const auto answers = Score("{\"ids\":[3,1,4,1,5,9,2,6],\"prompt_len\":2}\n");
  ASSERT_TRUE(answers.ok()) << answers.status();
  const Json::Array& logprobs = answers->at(0).Find("logprobs")->array();
  ASSERT_EQ(logprobs.size(), expected.logprobs.size());
  for (size_t i = 0; i < logprobs.size(); ++i) {
    EXPECT_EQ(static_cast<float>(*logprobs[i].AsDouble()), expected.logprobs[i]);
    EXPECT_LT(logprobs[i].Dump().size(), 13u) << "fp32 needs no more digits";
  }
}

TEST(ScoreCommand, ErrorsNameTheLine) {
  const std::string good = "{\"ids\":[1,2],\"prompt_len\":1}\n";
  EXPECT_THAT(ErrorOf(good + "nonsense\n"), StartsWith("input.jsonl:2: "));
  EXPECT_THAT(ErrorOf("{\"prompt_len\":1}\n"), HasSubstr("\"ids\""));
  EXPECT_THAT(ErrorOf("{\"ids\":[1,2]}\n"), HasSubstr("\"prompt_len\""));
  EXPECT_THAT(ErrorOf("{\"ids\":[1,2.5],\"prompt_len\":1}\n"), HasSubstr("2.5"));
  EXPECT_THAT(ErrorOf("{\"ids\":[1,37],\"prompt_len\":1}\n"), HasSubstr("37"));
  EXPECT_THAT(ErrorOf("{\"ids\":[1,4294967296],\"prompt_len\":1}\n"), HasSubstr("4294967296"));
  EXPECT_THAT(ErrorOf("{\"ids\":[1,2],\"prompt_len\":3}\n"), HasSubstr("3"));
}

TEST(ScoreCommand, FilesServeAsInputAndOutput) {
  ScoreOptions options = kOptions;
  options.in = testing::TempDir() + "/score_in.jsonl";
  options.out = testing::TempDir() + "/score_out.jsonl";
  std::ofstream(options.in) << "{\"id\":1,\"ids\":[1,2],\"prompt_len\":1}\n";
  ASSERT_TRUE(RunScore(options).ok());
  std::ifstream out(options.out);
  std::string line;
  ASSERT_TRUE(std::getline(out, line));
  EXPECT_THAT(line, StartsWith("{\"entropies\":["));
}

TEST(ScoreCommand, AMissingFileOrModelIsNotFound) {
  ScoreOptions options = kOptions;
  options.in = "/nonexistent.jsonl";
  EXPECT_EQ(RunScore(options).code(), absl::StatusCode::kNotFound);
  options.model = "/nonexistent";
  EXPECT_EQ(Score("", options).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rubato
