#pragma once

// What decode attention on CUDA owes, whoever computes it: C2, C5 and C6 against the dense reference.
// Included by attention_cuda_test.cc (a device) and attention_twin_cuda_test.cc (the host), which define
// Runner().

#include "tests/kernels/attention_cuda_testing.h"

namespace rubato {

const CudaAttentionRunner& Runner();
bool CanRun();  // false: there is no GPU

class AttentionCuda : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRun()) GTEST_SKIP() << "no GPU";
  }
};

inline void ExpectReference(const CudaAttentionShape& shape,
                            const std::vector<CudaAttentionSequence>& sequences, unsigned seed) {
  CudaAttentionBatch batch(Runner(), shape, sequences, seed);
  batch.Decode();
  batch.ExpectReference();
}

// Prompts of one token and around a page's end, responses around the lags: all in one batch that thins out.
inline std::vector<CudaAttentionSequence> RaggedSequences() {
  std::vector<CudaAttentionSequence> sequences;
  for (int prompt : {1, 63, 64, 65}) {
    for (int response : {1, 2, 10, 11, 12, 51, 63, 64, 65, 130}) {
      sequences.push_back({prompt, prompt + response});
    }
  }
  return sequences;
}

TEST_F(AttentionCuda, C2C5C6EqualTheDenseReferenceAtRaggedLengthsForEverySplitCount) {
  for (int splits : {1, 2, 3, 4, 5}) {
    ExpectReference({.heads = 2, .kv_heads = 1, .head_dim = 32, .splits = splits}, RaggedSequences(), 1);
  }
}

TEST_F(AttentionCuda, C2C5C6EqualTheDenseReferencePastTwoTurnsOfTheRingForEverySplitCount) {
  for (int splits : {1, 2, 3, 4, 5, 6, 7, 8, 13, kMaxSplitsCuda}) {
    ExpectReference({.heads = 1, .kv_heads = 1, .head_dim = 32, .splits = splits, .h_hi = 100},
                    {{1, 400}, {65, 399}}, 2);
  }
}

TEST_F(AttentionCuda, C2C5C6EqualTheDenseReferenceForAnyHeadsAndTypes) {
  for (KvTypeCuda type : {KvTypeCuda::kF32, KvTypeCuda::kBf16}) {
    for (int head_dim : {32, 64, 80, 128, 256}) {
      for (int group : {1, 2, 3, 4, 8, 12}) {
        ExpectReference({.heads = 2 * group,
                         .kv_heads = 2,
                         .head_dim = head_dim,
                         .kv_type = type,
                         .splits = 2,
                         .deviation = head_dim > 128 ? 1.0f : 1.5f},
                        {{60, 90}}, static_cast<unsigned>(head_dim + group));
      }
    }
  }
}

TEST_F(AttentionCuda, C2C5C6EqualTheDenseReferenceForAnyWindowAndLags) {
  struct {
    int w, h_lo, h_hi;
  } const settings[] = {{1, 0, 0},        {1, 1, 1},     {3, 1, 4},      {16, 0, 15},
                        {17, 5, 21},      {40, 10, 100}, {10, 10, 1000}, {10, 10, 1 << 30},
                        {10, 0, 1 << 30}, {400, 10, 50}, {10, 300, 400}};
  for (const auto& [w, h_lo, h_hi] : settings) {
    SCOPED_TRACE(std::to_string(w) + ", " + std::to_string(h_lo) + ".." + std::to_string(h_hi));
    ExpectReference(
        {.heads = 1, .kv_heads = 1, .head_dim = 32, .splits = 3, .w = w, .h_lo = h_lo, .h_hi = h_hi},
        {{1, 180}, {40, 180}, {179, 180}}, 3);
  }
}

TEST_F(AttentionCuda, SequencesJoinAndLeaveABatchAndReuseSlots) {
  ExpectReference({.heads = 2, .kv_heads = 1, .head_dim = 32, .splits = 2, .h_hi = 20},
                  {{5, 60, 0}, {64, 150, 10}, {1, 30, 70}, {33, 200, 71}, {2, 80, 90}, {70, 71, 200}}, 4);
}

TEST_F(AttentionCuda, StatisticsDoNotChangeTheBitsOfTheAttention) {
  CudaAttentionShape shape{.heads = 4, .kv_heads = 2, .head_dim = 64, .splits = 3};
  const std::vector<CudaAttentionSequence> sequences = {{30, 200}, {1, 80}};
  CudaAttentionBatch measured(Runner(), shape, sequences, 5);
  measured.Decode();
  shape.measured = false;
  CudaAttentionBatch plain(Runner(), shape, sequences, 5);
  plain.Decode();
  plain.ExpectReference();
  EXPECT_TRUE(SameBits(measured.Outs(), plain.Outs()));
}

TEST_F(AttentionCuda, ARowKeepsItsBitsInAnyBatch) {
  const CudaAttentionShape shape{.heads = 2, .kv_heads = 1, .head_dim = 32, .splits = 2};
  CudaAttentionBatch alone(Runner(), shape, {{30, 120}}, 6);
  CudaAttentionBatch together(Runner(), shape, {{30, 120}, {1, 90}, {100, 260}}, 6);
  alone.Decode();
  together.Decode();
  const std::vector<float> all = together.Outs();
  EXPECT_TRUE(SameBits(alone.Outs(), std::span(all).first(alone.Outs().size())));
}

}  // namespace rubato
