// The text of the CUDA kernels, compiled as C++ and run by fibers: tests/kernels/cuda_on_host/cuda_runtime.h.

#include "kernels/attention_launch_cuda.cu"

#include <cstdlib>

#include "tests/kernels/attention_cuda_testing.h"

namespace rubato {
namespace {

CudaAttentionRunner MakeRunner() {
  return {.allocate =
              [](size_t bytes) {
                return std::shared_ptr<void>(std::aligned_alloc(64, (bytes + 64) / 64 * 64), std::free);
              },
          .attend = [](const AttentionCallCuda& call) { return AttentionCuda(call, nullptr); },
          .finish = [](const AttentionFinishCuda& call) { return FinishAttentionStatsCuda(call, nullptr); }};
}

// Outputs of a batch that equals the reference, the threads of a block taking turns in either order.
void ExpectReference(const CudaAttentionShape& shape, const std::vector<CudaAttentionSequence>& sequences) {
  const CudaAttentionRunner runner = MakeRunner();
  std::vector<std::vector<float>> outs;
  for (bool downwards : {false, true}) {
    cuda_on_host::downwards = downwards;
    CudaAttentionBatch batch(runner, shape, sequences, 1);
    batch.Decode();
    batch.ExpectReference();
    outs.push_back(batch.Outs());
  }
  EXPECT_TRUE(SameBits(outs[0], outs[1])) << "the order of the threads matters";
}

TEST(AttentionLaunch, C2C5C6EqualTheDenseReferenceForEverySplitCount) {
  for (int splits : {1, 2, 3, 4}) {
    ExpectReference({.heads = 2, .kv_heads = 1, .head_dim = 32, .splits = splits, .h_lo = 2, .h_hi = 5},
                    {{1, 3}, {63, 70}, {64, 80, 3}, {65, 67, 8}, {130, 131}});
  }
}

TEST(AttentionLaunch, C2C5C6EqualTheDenseReferenceForAnyHeadsAndTypes) {
  for (KvTypeCuda type : {KvTypeCuda::kF32, KvTypeCuda::kBf16}) {
    for (int head_dim : {20, 64, 80, 128, 256}) {
      for (int group : {1, 2, 3, 8, 12}) {
        ExpectReference({.heads = 2 * group,
                         .kv_heads = 2,
                         .head_dim = head_dim,
                         .kv_type = type,
                         .splits = 2,
                         .h_lo = 1,
                         .h_hi = 2,
                         .deviation = 1.0f},
                        {{63, 67}});
      }
    }
  }
}

TEST(AttentionLaunch, C6RingOutlivesTwoTurnsAndMoreLagsThanThreads) {
  ExpectReference({.heads = 1, .kv_heads = 1, .head_dim = 32, .splits = 2, .h_lo = 0, .h_hi = 7}, {{5, 70}});
  ExpectReference({.heads = 1, .kv_heads = 1, .head_dim = 8, .splits = 2, .h_lo = 0, .h_hi = 140},
                  {{1, 160}});
}

TEST(AttentionLaunch, StatisticsDoNotChangeTheBitsOfTheAttention) {
  const CudaAttentionRunner runner = MakeRunner();
  CudaAttentionShape shape{.heads = 4, .kv_heads = 2, .head_dim = 64, .splits = 3, .h_lo = 1, .h_hi = 9};
  CudaAttentionBatch measured(runner, shape, {{120, 140}, {1, 8}}, 5);
  measured.Decode();
  shape.measured = false;
  CudaAttentionBatch plain(runner, shape, {{120, 140}, {1, 8}}, 5);
  plain.Decode();
  plain.ExpectReference();
  EXPECT_TRUE(SameBits(measured.Outs(), plain.Outs()));
}

}  // namespace
}  // namespace rubato
