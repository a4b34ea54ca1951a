#include "policy/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/isa.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

constexpr int64_t kBudget = int64_t{8} << 20;

using Logits = std::vector<std::vector<float>>;

// Everything a forward pass needs, and the logits of whole sequences in one form or another.
class Runner {
 public:
  Runner(const ModelConfig& config, int threads = 1)
      : model_(config), cache_(config, kBudget), decoder_(&model_, &cache_, threads) {
    model_.Repack(RandomSlab(config, 11));
  }

  // Logits of every position of `ids`, run in chunks of `chunk` rows.
  Logits Run(const std::vector<int32_t>& ids, size_t chunk) {
    KvSequence sequence;
    Logits logits;
    for (size_t begin = 0; begin < ids.size(); begin += chunk) {
      std::vector<TokenRow> rows;
      for (size_t i = begin; i < std::min(ids.size(), begin + chunk); ++i) {
        rows.push_back({.sequence = &sequence, .token = ids[i]});
      }
      EXPECT_TRUE(decoder_.Forward(rows).ok());
      for (size_t i = 0; i < rows.size(); ++i) logits.push_back(Copy(i));
    }
    cache_.Release(&sequence);
    return logits;
  }

  std::vector<float> Copy(size_t row) {
    const std::span<const float> logits = decoder_.logits(row);
    return {logits.begin(), logits.end()};
  }

  Decoder& decoder() { return decoder_; }
  KvCache& cache() { return cache_; }

 private:
  Model model_;
  KvCache cache_;
  Decoder decoder_;
};

class DecoderTest : public testing::Test {
 protected:
  const ModelConfig config_ = TinyModelConfig();
  const std::vector<int32_t> ids_ = RandomIds(config_, 150, 7);
  Runner runner_{config_};
  const Logits expected_ = runner_.Run(ids_, 1);
};

TEST_F(DecoderTest, PrefillChunksChangeNoBit) {
  for (const size_t chunk : {2, 5, 63, 64, 65, 150}) EXPECT_EQ(runner_.Run(ids_, chunk), expected_) << chunk;
}

TEST_F(DecoderTest, ThreadsChangeNoBit) {
  Runner two(config_, 2);
  EXPECT_EQ(two.Run(ids_, 1), expected_);
  EXPECT_EQ(two.Run(ids_, 64), expected_);
}

TEST_F(DecoderTest, InstructionSetsChangeNoBit) {
  for (const Isa isa : SupportedIsas()) {
    const ScopedIsa scoped(isa);
    EXPECT_EQ(runner_.Run(ids_, 50), expected_) << IsaName(isa);
  }
}

// Decodes ids_ at place `place` of a batch whose other sequences have other lengths.
TEST_F(DecoderTest, CompanyAndPlaceInTheBatchChangeNoBit) {
  for (const size_t place : {0, 3, 16}) {
    std::vector<KvSequence> sequences(17);
    for (size_t step = 0; step < ids_.size(); ++step) {
      std::vector<TokenRow> rows;
      size_t row = 0;
      for (size_t i = 0; i < sequences.size(); ++i) {
        if (i == place) row = rows.size();
        if (i == place || (step + i) % (i + 1) != 0) {
          rows.push_back(
              {.sequence = &sequences[i], .token = i == place ? ids_[step] : static_cast<int32_t>(i)});
        }
      }
      ASSERT_TRUE(runner_.decoder().Forward(rows).ok());
      ASSERT_EQ(runner_.Copy(row), expected_[step]) << place << " " << step;
    }
    for (KvSequence& sequence : sequences) runner_.cache().Release(&sequence);
  }
}

TEST_F(DecoderTest, AForkedPastChangesNoBit) {
  KvSequence prompt;
  std::vector<TokenRow> rows;
  for (size_t i = 0; i < 70; ++i) {
    rows.push_back({.sequence = &prompt, .token = ids_[i], .until = TokenRow::Until::kKeysAndValues});
  }
  ASSERT_TRUE(runner_.decoder().Forward(rows).ok());
  KvSequence one = *runner_.cache().Fork(prompt);
  KvSequence two = *runner_.cache().Fork(prompt);
  runner_.cache().Release(&prompt);
  for (size_t i = 70; i < ids_.size(); ++i) {
    const std::vector<TokenRow> both = {{.sequence = &one, .token = 1}, {.sequence = &two, .token = ids_[i]}};
    ASSERT_TRUE(runner_.decoder().Forward(both).ok());
    ASSERT_EQ(runner_.Copy(1), expected_[i]) << i;
  }
}

TEST_F(DecoderTest, RowsThatAskForLessLeaveTheOthersTheirBits) {
  KvSequence prompt, other;
  std::vector<TokenRow> rows;
  for (size_t i = 0; i < 100; ++i) {
    rows.push_back({.sequence = &prompt,
                    .token = ids_[i],
                    .until = i == 99 ? TokenRow::Until::kLogits : TokenRow::Until::kKeysAndValues});
  }
  rows.push_back({.sequence = &other, .token = ids_[0]});
  ASSERT_TRUE(runner_.decoder().Forward(rows).ok());
  EXPECT_EQ(runner_.Copy(99), expected_[99]);
  EXPECT_EQ(runner_.Copy(100), expected_[0]);
}

TEST_F(DecoderTest, MeasuringChangesNoLogit) {
  const Capture capture{
      .w = 4, .h_lo = 2, .h_hi = 9, .layers = {0, 2}, .heads = config_.heads, .head_share = 0.3};
  ResponseCapture statistics(capture, 10, 140);
  KvSequence sequence;
  for (size_t i = 0; i < ids_.size(); ++i) {
    const TokenRow row = {.sequence = &sequence, .token = ids_[i], .capture = i < 10 ? nullptr : &statistics};
    ASSERT_TRUE(runner_.decoder().Forward({&row, 1}).ok());
    ASSERT_EQ(runner_.Copy(0), expected_[i]);
  }
  EXPECT_EQ(statistics.measured_rows(), 140);
}

TEST_F(DecoderTest, TheLastRowIsMeasuredUpToTheLastSampledLayer) {
  const Capture capture{
      .w = 4, .h_lo = 2, .h_hi = 9, .layers = {0, 1}, .heads = config_.heads, .head_share = 0.3};
  const auto measure = [&](TokenRow::Until last) {
    ResponseCapture statistics(capture, 10, 140);
    KvSequence sequence, other;
    for (size_t i = 0; i < ids_.size(); ++i) {
      const bool end = i + 1 == ids_.size();
      const std::vector<TokenRow> rows = {{.sequence = &sequence,
                                           .token = ids_[i],
                                           .until = end ? last : TokenRow::Until::kLogits,
                                           .capture = i < 10 ? nullptr : &statistics},
                                          {.sequence = &other, .token = ids_[i]}};
      EXPECT_TRUE(runner_.decoder().Forward(rows).ok());
      EXPECT_EQ(runner_.Copy(1), expected_[i]);
    }
    runner_.cache().Release(&sequence);
    runner_.cache().Release(&other);
    return statistics.Finish(140);
  };
  const AttentionRecord whole = measure(TokenRow::Until::kLogits);
  const AttentionRecord body = measure(TokenRow::Until::kLastSampled);
  EXPECT_EQ(body.measured_rows, 140);
  EXPECT_EQ(body.d, whole.d);
  EXPECT_EQ(body.waad, whole.waad);
}

TEST_F(DecoderTest, RefusesATokenOutsideTheVocabularyAndChangesNothing) {
  KvSequence sequence;
  const std::vector<TokenRow> rows = {{.sequence = &sequence, .token = 1},
                                      {.sequence = &sequence, .token = 37}};
  EXPECT_EQ(runner_.decoder().Forward(rows).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(sequence.length, 0);
}

TEST_F(DecoderTest, RefusesAPositionBeyondTheModel) {
  KvSequence sequence;
  std::vector<TokenRow> rows(512,
                             {.sequence = &sequence, .token = 1, .until = TokenRow::Until::kKeysAndValues});
  ASSERT_TRUE(runner_.decoder().Forward(rows).ok());
  rows.resize(1);
  EXPECT_EQ(runner_.decoder().Forward(rows).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(sequence.length, 512);
}

TEST_F(DecoderTest, RefusesMoreRowsThanPagesAndChangesNothing) {
  Model model(config_);
  KvCache cache(config_, 2 * KvCache::PageBytes(config_));
  Decoder decoder(&model, &cache, 1);
  std::vector<KvSequence> sequences(3);
  std::vector<TokenRow> rows;
  for (KvSequence& sequence : sequences) rows.push_back({.sequence = &sequence, .token = 1});
  EXPECT_EQ(decoder.Forward(rows).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(cache.free_pages(), 2);
  EXPECT_EQ(sequences[0].length, 0);
}

TEST_F(DecoderTest, AnEmptyCallIsFine) { EXPECT_TRUE(runner_.decoder().Forward({}).ok()); }

// The same arithmetic serves families with biases and without QK-norm.
TEST(DecoderFamilies, BiasesAndMissingQkNormAreData) {
  ModelConfig config = TinyModelConfig();
  config.qk_norm = false;
  config.qkv_bias = true;
  config.tied_embeddings = false;
  Runner runner(config);
  const std::vector<int32_t> ids = RandomIds(config, 70, 3);
  EXPECT_EQ(runner.Run(ids, 64), runner.Run(ids, 1));
}

}  // namespace
}  // namespace rubato
