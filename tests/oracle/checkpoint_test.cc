// Every checkpoint of checkpoints.py, as `transformers` 4 and 5 wrote it, against their eager fp32 pass.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "common/file.h"
#include "common/json.h"
#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "policy/model_directory.h"
#include "policy/score.h"

namespace rubato {
namespace {

constexpr char kGoldens[] = "tests/oracle/goldens/checkpoints";
constexpr double kTolerance = 1e-4;

std::vector<std::string> Checkpoints() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kGoldens))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<int32_t> Ids(const Json& list) {
  std::vector<int32_t> ids;
  for (const Json& id : list.array()) ids.push_back(static_cast<int32_t>(*id.AsInt()));
  return ids;
}

void ExpectNear(std::span<const float> values, const Json& expected) {
  const Json::Array& list = expected.array();
  ASSERT_EQ(values.size(), list.size());
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], *list[i].AsDouble(), kTolerance) << i;
}

class CheckpointTest : public testing::TestWithParam<std::string> {
 protected:
  const std::string path_ = std::string(kGoldens) + "/" + GetParam();
  const Json golden_ = *Json::Parse(*ReadFile(path_ + "/golden.json"));
};

TEST_P(CheckpointTest, LogProbsAndEntropiesAreThoseOfTransformersAtEveryPosition) {
  const absl::StatusOr<ModelDirectory> directory = ReadModelDirectory(path_);
  ASSERT_TRUE(directory.ok()) << directory.status();
  Model model(directory->config);
  model.Repack(directory->weights);
  KvCache cache(directory->config, int64_t{4} << 20);
  Decoder decoder(&model, &cache, 1);
  for (const Json& sequence : golden_.Find("sequences")->array()) {
    const float temperature = static_cast<float>(*sequence.GetDouble("temperature"));
    const absl::StatusOr<TokenScores> scores =
        ScoreTokens(&decoder, Ids(*sequence.Find("ids")), *sequence.GetInt("prompt_len"), temperature);
    ASSERT_TRUE(scores.ok()) << scores.status();
    ExpectNear(scores->logprobs, *sequence.Find("logprobs"));
    ExpectNear(scores->entropies, *sequence.Find("entropies"));
  }
}

TEST_P(CheckpointTest, EndTokensAreThoseThatTransformersStopsAt) {
  const absl::StatusOr<ModelConfig> config = ReadModelConfig(path_);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->end_token_ids, Ids(*golden_.Find("end_token_ids")));
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Goldens, CheckpointTest, testing::ValuesIn(Checkpoints()), TestName);

}  // namespace
}  // namespace rubato
