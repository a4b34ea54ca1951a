#include "policy/rope_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/model_config.h"

namespace rubato {
namespace {

// Goldens are fp32, made by tests/oracle/make_rope_goldens.py.
constexpr double kRelativeTolerance = 1e-6;

class RopeGoldens : public testing::TestWithParam<const char*> {
 protected:
  static std::vector<Json> Lines() {
    const std::string text = *ReadFile(std::string("tests/oracle/goldens/") + GetParam());
    std::vector<Json> lines;
    for (const auto& line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      lines.push_back(*Json::Parse(std::string(line)));
    }
    return lines;
  }
};

TEST_P(RopeGoldens, EqualWhatTransformersComputesFromTheSameConfig) {
  const std::vector<Json> lines = Lines();
  ASSERT_GE(lines.size(), 20u);
  for (const Json& line : lines) {
    SCOPED_TRACE(line.Find("config")->Dump());
    Problems problems;
    const ModelConfig config = ParseModelConfig(*line.Find("config"), nullptr, &problems);
    ASSERT_TRUE(problems.empty()) << problems.list()[0];
    const RopeFrequencies frequencies = ComputeRopeFrequencies(config.rope, config.head_dim);
    const Json::Array& angles = line.Find("angles")->array();
    ASSERT_EQ(frequencies.angles.size(), angles.size());
    for (size_t i = 0; i < angles.size(); ++i) {
      const double expected = *angles[i].AsDouble();
      EXPECT_NEAR(frequencies.angles[i], expected, kRelativeTolerance * expected) << "pair " << i;
    }
    EXPECT_NEAR(frequencies.scale, *line.GetDouble("scale"), 1e-12);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, RopeGoldens, testing::Values("rope_4.jsonl", "rope_5.jsonl"),
                         [](const auto& version) { return std::string(version.param).substr(0, 6); });

TEST(RopeFrequencies, FallGeometricallyFromOne) {
  const RopeFrequencies frequencies = ComputeRopeFrequencies({.theta = 16}, 8);
  EXPECT_EQ(frequencies.angles, (std::vector<double>{1, 0.5, 0.25, 0.125}));
  EXPECT_EQ(frequencies.scale, 1);
}

// With theta = 1 every pair turns once in 2 pi positions.
double Llama3AngleOfOneTurnIn2Pi(double original_max_positions) {
  const RopeConfig config = {.kind = RopeKind::kLlama3,
                             .theta = 1,
                             .factor = 8,
                             .original_max_positions = original_max_positions,
                             .low_freq_factor = 2,
                             .high_freq_factor = 6};
  return ComputeRopeFrequencies(config, 2).angles[0];
}

TEST(RopeFrequencies, OfLlama3KeepFastPairsDivideSlowOnesAndMixBetween) {
  const double turn = 2 * std::numbers::pi;
  EXPECT_DOUBLE_EQ(Llama3AngleOfOneTurnIn2Pi(7 * turn), 1);
  EXPECT_DOUBLE_EQ(Llama3AngleOfOneTurnIn2Pi(1 * turn), 1.0 / 8);
  EXPECT_DOUBLE_EQ(Llama3AngleOfOneTurnIn2Pi(3 * turn), 0.75 / 8 + 0.25);
}

TEST(RopeFrequencies, OfYarnStayFiniteWhereTheRampHasNoLength) {
  const RopeConfig config = {
      .kind = RopeKind::kYarn, .factor = 4, .original_max_positions = 64, .beta_fast = 32, .beta_slow = 32};
  for (const double angle : ComputeRopeFrequencies(config, 16).angles) {
    EXPECT_TRUE(std::isfinite(angle) && angle > 0) << angle;
  }
}

}  // namespace
}  // namespace rubato
