// The policy against `transformers` in fp64 (see make_statistics_goldens.py): log-probs, entropies, and the
// statistics of docs/credit.md against dense attention maps.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/file.h"
#include "common/json.h"
#include "policy/decoder.h"
#include "policy/model_directory.h"
#include "policy/response_capture.h"
#include "policy/score.h"

namespace rubato {
namespace {

constexpr double kLogprobTolerance = 1e-4;
// credit.md section 7: relative to 1 + the reference.
constexpr double kStatisticsTolerance = 5e-5;

std::vector<double> Doubles(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list.array()) values.push_back(value.is_null() ? NAN : *value.AsDouble());
  return values;
}

std::vector<int32_t> Ids(const Json& list) {
  std::vector<int32_t> ids;
  for (const Json& id : list.array()) ids.push_back(static_cast<int32_t>(*id.AsInt()));
  return ids;
}

class Qwen3Test : public testing::TestWithParam<std::string> {
 protected:
  Qwen3Test() { model_.Repack(directory_.weights); }

  std::vector<int32_t> Layers(const Json& statistics) { return Ids(*statistics.Find("layers")); }

  // Runs a sequence token by token, measuring the rows of its response.
  AttentionRecord Measure(const std::vector<int32_t>& ids, int prompt, const Json& expected) {
    const std::vector<int32_t> layers = Ids(*expected.Find("layers"));
    const Capture capture{.w = static_cast<int>(*expected.GetInt("w")),
                          .h_lo = static_cast<int>(*expected.GetInt("h_lo")),
                          .h_hi = static_cast<int>(*expected.GetInt("h_hi")),
                          .layers = {layers.begin(), layers.end()},
                          .heads = static_cast<int>(*expected.GetInt("heads")),
                          .head_share = 0.3};
    const int response = static_cast<int>(ids.size()) - prompt;
    ResponseCapture statistics(capture, prompt, response);
    KvSequence sequence;
    for (size_t i = 0; i < ids.size(); ++i) {
      const TokenRow row = {
          .sequence = &sequence,
          .token = ids[i],
          .until = i + 1 == ids.size() ? TokenRow::Until::kLastSampled : TokenRow::Until::kLogits,
          .capture = static_cast<int>(i) < prompt ? nullptr : &statistics};
      EXPECT_TRUE(decoder_.Forward({&row, 1}).ok());
    }
    cache_.Release(&sequence);
    return statistics.Finish(response);
  }

  const std::string path_ = "tests/oracle/goldens/" + GetParam();
  const ModelDirectory directory_ = *ReadModelDirectory(path_);
  const Json golden_ = *Json::Parse(*ReadFile(path_ + "/golden.json"));
  Model model_{directory_.config};
  KvCache cache_{directory_.config, int64_t{4} << 20};
  Decoder decoder_{&model_, &cache_, 1};
};

void ExpectNear(std::span<const float> values, const std::vector<double>& expected, double absolute,
                double relative) {
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(values[i])) << i;
    } else {
      EXPECT_NEAR(values[i], expected[i], absolute + relative * std::abs(expected[i])) << i;
    }
  }
}

TEST_P(Qwen3Test, LogProbsAndEntropiesAreThoseOfTransformersAtEveryPosition) {
  for (const Json& sequence : golden_.Find("sequences")->array()) {
    const float temperature = static_cast<float>(*sequence.GetDouble("temperature"));
    const absl::StatusOr<TokenScores> scores =
        ScoreTokens(&decoder_, Ids(*sequence.Find("ids")), *sequence.GetInt("prompt_len"), temperature);
    ASSERT_TRUE(scores.ok()) << scores.status();
    ExpectNear(scores->logprobs, Doubles(*sequence.Find("logprobs")), kLogprobTolerance, 0);
    ExpectNear(scores->entropies, Doubles(*sequence.Find("entropies")), kLogprobTolerance, 0);
  }
}

TEST_P(Qwen3Test, StatisticsAreThoseOfDenseAttentionMaps) {
  int measured = 0;
  for (const Json& sequence : golden_.Find("sequences")->array()) {
    const Json* expected = sequence.Find("statistics");
    if (expected == nullptr) continue;
    const AttentionRecord record =
        Measure(Ids(*sequence.Find("ids")), static_cast<int>(*sequence.GetInt("prompt_len")), *expected);
    ExpectNear(record.d, Doubles(*expected->Find("d")), kStatisticsTolerance, kStatisticsTolerance);
    for (int head = 0; head < record.head_count; ++head) {
      const auto index = static_cast<size_t>(head);
      ExpectNear(record.WaadOf(head), Doubles(expected->Find("waad")->array()[index]), kStatisticsTolerance,
                 kStatisticsTolerance);
      ExpectNear(record.FaiOf(head), Doubles(expected->Find("fai")->array()[index]), kStatisticsTolerance,
                 kStatisticsTolerance);
    }
    ++measured;
  }
  EXPECT_GT(measured, 0);
}

INSTANTIATE_TEST_SUITE_P(Goldens, Qwen3Test, testing::Values("tied", "untied"));

}  // namespace
}  // namespace rubato
