// Statistics of given tokens: the same through any chunks and threads, and those of decoding row by row.

#include "policy/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "stats/sampled_layers.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

class MeasureTest : public testing::TestWithParam<NamedModel> {
 protected:
  MeasureTest() { model_.Repack(RandomSlab(config_, 11)); }

  Capture Settings() const {
    Capture capture;
    capture.w = 7;
    capture.h_lo = 3;
    capture.h_hi = 40;
    capture.layers = SampledLayers(config_.layers);
    capture.heads = config_.heads;
    capture.head_share = 0.3;
    return capture;
  }

  AttentionRecord Measure(int64_t prompt_tokens, int chunk, int threads = 1) {
    Decoder decoder(&model_, &cache_, threads);
    absl::StatusOr<AttentionRecord> record = MeasureTokens(&decoder, ids_, prompt_tokens, Settings(), chunk);
    EXPECT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(cache_.free_pages(), cache_.page_count());
    return record.value_or(AttentionRecord());
  }

  const ModelConfig config_ = GetParam().config;
  const std::vector<int32_t> ids_ = RandomIds(config_, 150, 7);
  Model model_{config_};
  KvCache cache_{config_, int64_t{8} << 20};
};

// NaN equals NaN.
std::vector<uint32_t> Bits(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

TEST_P(MeasureTest, ChunksAndThreadsChangeNoBit) {
  for (const int64_t prompt : {1, 63, 64, 65}) {
    const AttentionRecord expected = Measure(prompt, 1);
    EXPECT_EQ(expected.measured_rows, expected.response_tokens);
    for (const int chunk : {5, 64, 1000}) {
      for (const int threads : {1, 2}) {
        const AttentionRecord record = Measure(prompt, chunk, threads);
        EXPECT_EQ(Bits(record.waad), Bits(expected.waad)) << chunk;
        EXPECT_EQ(Bits(record.fai), Bits(expected.fai)) << chunk;
        EXPECT_EQ(Bits(record.d), Bits(expected.d)) << chunk;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, MeasureTest, testing::ValuesIn(TinyModels()),
                         [](const auto& info) { return info.param.name; });

TEST(Measure, RefusesTokensWithoutAPromptOrAResponse) {
  const ModelConfig config = TinyModelConfig();
  const Model model(config);
  KvCache cache(config, int64_t{1} << 20);
  Decoder decoder(&model, &cache, 1);
  const std::vector<int32_t> ids = {1, 2, 3};
  for (const int64_t prompt : {0, 3, 4}) {
    EXPECT_EQ(MeasureTokens(&decoder, ids, prompt, {}).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace rubato
