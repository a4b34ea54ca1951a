#include "rollout/score_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "common/exit_code.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/decoder.h"
#include "policy/model_directory.h"
#include "policy/score.h"

namespace rubato {
namespace {

constexpr char kModel[] = "tests/oracle/goldens/tied";

struct Ran {
  absl::Status status;
  std::string out;
};

Ran Score(const std::string& lines, ScoreOptions options) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  options.in = testing::TempDir() + "/" + name + ".in.jsonl";
  options.out = testing::TempDir() + "/" + name + ".out.jsonl";
  EXPECT_EQ(WriteFileAtomically(options.in, lines), absl::OkStatus());
  std::ostringstream notes;
  absl::Status status = RunScore(options, notes);
  return {std::move(status), ReadFile(options.out).value_or("")};
}

TEST(ScoreCommand, PrintsNumbersThatReadBackToTheBitsOfTheKernels) {
  const ModelDirectory directory = *ReadModelDirectory(kModel);
  Model model(directory.config);
  model.Repack(directory.weights);
  KvCache cache(directory.config, 1 << 20);
  Decoder decoder(&model, &cache, 1);
  const std::vector<int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6};
  const TokenScores expected = *ScoreTokens(&decoder, ids, 2, 0.7f);
  const Ran ran = Score("{\"ids\":[3,1,4,1,5,9,2,6],\"prompt_len\":2}\n",
                        {.model = kModel, .temperature = 0.7, .threads = 2});
  ASSERT_EQ(ran.status, absl::OkStatus());
  const Json answer = *Json::Parse(ran.out);
  const Json::Array& logprobs = answer.Find("logprobs")->array();
  ASSERT_EQ(logprobs.size(), expected.logprobs.size());
  for (size_t i = 0; i < logprobs.size(); ++i) {
    EXPECT_EQ(static_cast<float>(*logprobs[i].AsDouble()), expected.logprobs[i]);
  }
}

TEST(ScoreCommand, ScoresBeyondThePositionsThatTheModelWasMadeFor) {
  const int positions = ReadModelConfig(kModel)->max_positions;
  std::string ids = "1";
  for (int i = 0; i < positions + 70; ++i) ids += ",2";
  const Ran ran = Score("{\"ids\":[" + ids + "],\"prompt_len\":1}\n", {.model = kModel});
  ASSERT_EQ(ran.status, absl::OkStatus());
  EXPECT_EQ(Json::Parse(ran.out)->Find("logprobs")->array().size(), positions + 70u);
}

TEST(ScoreCommand, EndsWith65WithoutAModel) {
  EXPECT_EQ(ExitCodeFor(Score("", {.model = "/nonexistent"}).status), ExitCode::kBadData);
}

TEST(ScoreCommand, LeavesBf16ToLibTorch) {
  const absl::Status status = Score("", {.model = kModel, .dtype = "bf16"}).status;
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("rubato score"));
}

}  // namespace
}  // namespace rubato
