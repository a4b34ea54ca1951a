#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "kernels/attention_cuda.h"

namespace rubato {
namespace {

// Nothing is launched in these tests, so that any aligned address will do.
alignas(16) char memory[16];

AttentionCallCuda ValidCall() {
  auto* const floats = reinterpret_cast<float*>(memory);
  AttentionCallCuda call{.rows = 2, .heads = 8, .kv_heads = 2, .head_dim = 64, .scale = 0.125f, .splits = 3};
  call.pool = memory;
  call.page_elements = 2 * 2 * 64 * 64 + 10;
  call.page_offset = 10;
  call.page_table = call.positions = call.stats_slots = call.prompt_tokens = reinterpret_cast<int*>(memory);
  call.pages_per_row = 4;
  call.q = call.out = floats;
  call.workspace = memory;
  call.stats = {.slots = 4, .response_tokens = 500, .ring_slots = 128};
  call.stats.ring = call.stats.waad = call.stats.fai = floats;
  call.stats.distance = reinterpret_cast<double*>(memory);
  call.workspace_bytes = AttentionWorkspaceBytesCuda(call);
  return call;
}

template <typename Change>
std::string ErrorOf(Change change) {
  AttentionCallCuda call = ValidCall();
  change(call);
  const absl::Status status = AttentionCuda(call, nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  return std::string(status.message());
}

TEST(AttentionCudaArguments, AreNamedWhenTheyAreWrong) {
  using Call = AttentionCallCuda;
  const auto error = [](auto change) {
    return ErrorOf(change).substr(std::string("CUDA attention: ").size());
  };
  EXPECT_EQ(error([](Call& c) { c.rows = 70000; }), "rows is 70000; it must be 1 to 65535");
  EXPECT_EQ(error([](Call& c) { c.heads = 9; }), "heads is 9, no multiple of kv_heads, 2");
  EXPECT_EQ(error([](Call& c) { c.kv_heads = 0; }), "kv_heads is 0; it must be 1 to 65535");
  EXPECT_EQ(error([](Call& c) { c.head_dim = 257; }), "head_dim is 257; it must be 1 to 256");
  EXPECT_EQ(error([](Call& c) { c.splits = 257; }), "splits is 257; it must be 1 to 256");
  EXPECT_EQ(error([](Call& c) { c.scale = 0; }), "scale is 0; it must be positive");
  EXPECT_EQ(error([](Call& c) { c.scale = std::numeric_limits<float>::quiet_NaN(); }),
            "scale is nan; it must be positive");
  EXPECT_EQ(error([](Call& c) { ++c.page_offset; }),
            "a tile of 16384 elements at page_offset 11 does not fit a page of page_elements 16394");
  EXPECT_EQ(error([](Call& c) { c.pages_per_row = 0; }), "pages_per_row is 0; it must be 1 to 16777216");
  EXPECT_EQ(error([](Call& c) { c.q = nullptr; }), "q is null");
  EXPECT_EQ(error([](Call& c) { --c.workspace_bytes; }), "workspace_bytes is 21247; this call needs 21248");
  EXPECT_EQ(error([](Call& c) { c.workspace = memory + 4; }), "workspace is not aligned to 16 bytes");
  EXPECT_EQ(error([](Call& c) { c.prompt_tokens = nullptr; }), "prompt_tokens is null");
  EXPECT_EQ(error([](Call& c) { c.stats.w = 0; }), "stats.w is 0; it must be 1 to 1073741824");
  EXPECT_EQ(error([](Call& c) { c.stats.h_hi = 9; }), "stats.h_hi is 9; it must be 10 to 1073741824");
  EXPECT_EQ(error([](Call& c) { c.stats.ring_slots = 64; }),
            "stats.ring_slots is 64; lags 10 to 100 need a power of two of at least 128");
  EXPECT_EQ(error([](Call& c) { c.stats.ring_slots = 192; }),
            "stats.ring_slots is 192; lags 10 to 100 need a power of two of at least 128");
  EXPECT_EQ(error([](Call& c) { c.stats.distance = nullptr; }), "stats.distance is null");
}

TEST(AttentionCudaArguments, OfStatisticsAreNotLookedAtWhenNothingIsMeasured) {
  AttentionCallCuda call = ValidCall();
  const size_t measured_bytes = call.workspace_bytes;
  call.stats_slots = nullptr;
  call.stats = {};
  EXPECT_EQ(AttentionWorkspaceBytesCuda(call), measured_bytes - 4 * 2 * 8 * 128);
  call.q = nullptr;  // the one thing wrong
  EXPECT_EQ(AttentionCuda(call, nullptr).message(), "CUDA attention: q is null");
}

TEST(AttentionCudaArguments, WithoutRowsNothingHappens) {
  EXPECT_TRUE(AttentionCuda({}, nullptr).ok());
  EXPECT_TRUE(FinishAttentionStatsCuda({}, nullptr).ok());
}

TEST(AttentionCudaArguments, SplitsFillTheDeviceAndKeepTwoTilesEach) {
  AttentionCallCuda call = ValidCall();
  EXPECT_EQ(SplitsForCuda(call, 8192, 132), 64);  // 4 blocks: two tiles a split is the bound
  call.rows = 16;
  EXPECT_EQ(SplitsForCuda(call, 8192, 132), 9);
  call.rows = 256;
  EXPECT_EQ(SplitsForCuda(call, 8192, 132), 1);
  EXPECT_EQ(SplitsForCuda(call, 10, 132), 1);
}

#ifndef RUBATO_CUDA
TEST(AttentionCudaArguments, ABuildWithoutCudaSaysSo) {
  const absl::Status status = AttentionCuda(ValidCall(), nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(), "this build has no CUDA kernels; build with --config=cuda");
}
#endif

}  // namespace
}  // namespace rubato
