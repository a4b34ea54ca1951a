#include "kernels/attention_cuda.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "kernels/attention_split_cuda.h"

namespace rubato {
namespace {

constexpr int kMaxGrid = 65535;  // of CUDA's second and third grid dimension
constexpr int kMaxHeadDim = 256;

absl::Status Wrong(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("CUDA attention: ", what));
}

absl::Status InRange(const char* name, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return Wrong(absl::StrCat(name, " is ", value, "; it must be ", low, " to ", high));
}

absl::Status Present(const char* name, const void* pointer) {
  return pointer != nullptr ? absl::OkStatus() : Wrong(absl::StrCat(name, " is null"));
}

// The first that is not OK.
absl::Status First(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const AttentionCallCuda& call) {
  const absl::Status ranges =
      First({InRange("rows", call.rows, 1, kMaxGrid), InRange("kv_heads", call.kv_heads, 1, kMaxGrid),
             InRange("heads", call.heads, 1, kMaxGrid), InRange("head_dim", call.head_dim, 1, kMaxHeadDim),
             InRange("splits", call.splits, 1, kMaxSplitsCuda),
             InRange("pages_per_row", call.pages_per_row, 1, 1 << 24)});
  if (!ranges.ok()) return ranges;
  if (call.heads % call.kv_heads != 0) {
    return Wrong(absl::StrCat("heads is ", call.heads, ", no multiple of kv_heads, ", call.kv_heads));
  }
  if (!(call.scale > 0) || std::isinf(call.scale)) {
    return Wrong(absl::StrCat("scale is ", call.scale, "; it must be positive"));
  }
  const size_t tile = KvTileLayout{call.kv_heads, call.head_dim}.TileFloats();
  if (call.page_offset > call.page_elements || call.page_elements - call.page_offset < tile) {
    return Wrong(absl::StrCat("a tile of ", tile, " elements at page_offset ", call.page_offset,
                              " does not fit a page of page_elements ", call.page_elements));
  }
  return absl::OkStatus();
}

absl::Status CheckMemory(const AttentionCallCuda& call) {
  const absl::Status present = First({Present("pool", call.pool), Present("page_table", call.page_table),
                                      Present("positions", call.positions), Present("q", call.q),
                                      Present("out", call.out), Present("workspace", call.workspace)});
  if (!present.ok()) return present;
  const size_t needed = AttentionWorkspaceBytesCuda(call);
  if (call.workspace_bytes < needed) {
    return Wrong(absl::StrCat("workspace_bytes is ", call.workspace_bytes, "; this call needs ", needed));
  }
  if (reinterpret_cast<uintptr_t>(call.workspace) % alignof(SoftmaxPart) != 0) {
    return Wrong(absl::StrCat("workspace is not aligned to ", alignof(SoftmaxPart), " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckStats(const AttentionStatsPoolCuda& stats) {
  constexpr int kMost = 1 << 30;
  const absl::Status status = First(
      {InRange("stats.w", stats.w, 1, kMost), InRange("stats.h_lo", stats.h_lo, 0, kMost),
       InRange("stats.h_hi", stats.h_hi, stats.h_lo, kMost), InRange("stats.slots", stats.slots, 1, kMost),
       InRange("stats.response_tokens", stats.response_tokens, 1, kMost), Present("stats.ring", stats.ring),
       Present("stats.waad", stats.waad), Present("stats.fai", stats.fai),
       Present("stats.distance", stats.distance)});
  if (!status.ok()) return status;
  const int least = RingSlotsFor(stats.h_lo, stats.h_hi, stats.response_tokens);
  if (stats.ring_slots < least || !std::has_single_bit(static_cast<unsigned>(stats.ring_slots))) {
    return Wrong(absl::StrCat("stats.ring_slots is ", stats.ring_slots, "; lags ", stats.h_lo, " to ",
                              stats.h_hi, " need a power of two of at least ", least));
  }
  return absl::OkStatus();
}

absl::Status ToStatus(const char* error) {
  if (error == nullptr) return absl::OkStatus();
  if (error == kWithoutCuda) return absl::UnimplementedError(error);
  return absl::FailedPreconditionError(absl::StrCat("CUDA attention: launch refused: ", error));
}

}  // namespace

size_t AttentionWorkspaceBytesCuda(const AttentionCallCuda& call) {
  const AttentionWorkspaceCuda floats = WorkspaceOf(call);
  return sizeof(float) * (floats.part_floats + floats.out_floats + floats.score_floats);
}

int SplitsForCuda(const AttentionCallCuda& call, int longest_row_tokens, int multiprocessors) {
  const int64_t blocks = std::max<int64_t>(1, int64_t{call.rows} * call.kv_heads);
  const int64_t wanted = (2 * int64_t{multiprocessors} + blocks - 1) / blocks;
  const int64_t most = std::max(1, longest_row_tokens / (2 * kKeysPerTile));
  return static_cast<int>(std::clamp<int64_t>(wanted, 1, std::min<int64_t>(most, kMaxSplitsCuda)));
}

absl::Status AttentionCuda(const AttentionCallCuda& call, void* stream) {
  if (call.rows == 0) return absl::OkStatus();
  absl::Status status = CheckShape(call);
  if (status.ok() && call.stats_slots != nullptr) {
    status = First({Present("prompt_tokens", call.prompt_tokens), CheckStats(call.stats)});
  }
  if (status.ok()) status = CheckMemory(call);
  return status.ok() ? ToStatus(LaunchAttentionCuda(call, stream)) : status;
}

absl::Status FinishAttentionStatsCuda(const AttentionFinishCuda& call, void* stream) {
  if (call.count == 0) return absl::OkStatus();
  const absl::Status status =
      First({InRange("count", call.count, 1, kMaxGrid), InRange("heads", call.heads, 1, kMaxGrid),
             Present("slots", call.slots), Present("prompt_tokens", call.prompt_tokens),
             Present("tokens", call.tokens), CheckStats(call.stats)});
  return status.ok() ? ToStatus(LaunchAttentionFinishCuda(call, stream)) : status;
}

}  // namespace rubato
