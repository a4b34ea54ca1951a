// Decode attention in two kernels.  SplitKernel: a block of 128 threads takes some tiles of one row for up to
// 8 query heads of one KV head, so that keys and values are read once for all of them.  MergeKernel: a block
// takes one query head of one row, merges its parts, then updates the ring with normalised probabilities.
// The arithmetic is that of attention_split_cuda.h; attention_twin_cuda.cc tells the same steps slowly.

#include <cuda_runtime.h>

#include "kernels/attention_launch_cuda.h"
#include "kernels/attention_split_cuda.h"

namespace rubato {

const char kWithoutCuda[] = "";

namespace {

constexpr int kThreads = 128;
constexpr int kWarps = kThreads / 32;
constexpr int kMaxHeads = 8;  // of a block
constexpr unsigned kAllLanes = 0xffffffffu;
static_assert(kThreads == 2 * kKeysPerTile, "two threads a key");

// Where things are, for one row.
struct Place {
  size_t row_head;  // of the block's first query head in [rows, heads]
  int heads;        // query heads of the block that exist
  int kv_head;
};

__device__ Place PlaceOf(const AttentionCallCuda& call, int row, int block, int block_heads) {
  const int group = call.heads / call.kv_heads;
  const int blocks = (group + block_heads - 1) / block_heads;
  const int kv_head = block / blocks;
  const int first = block % blocks * block_heads;
  return {static_cast<size_t>(row) * call.heads + kv_head * group + first, min(block_heads, group - first),
          kv_head};
}

__device__ float* PartOuts(const AttentionCallCuda& call) {
  return static_cast<float*>(call.workspace) + WorkspaceOf(call).part_floats;
}

__device__ float* ScoresForRing(const AttentionCallCuda& call, size_t row_head) {
  const AttentionWorkspaceCuda floats = WorkspaceOf(call);
  return static_cast<float*>(call.workspace) + floats.part_floats + floats.out_floats +
         row_head * call.stats.ring_slots;
}

__device__ Span RingOf(const AttentionCallCuda& call, int row, int t) {
  if (call.stats_slots[row] < 0) return {0, 0};
  return KeysOfRing(t, call.prompt_tokens[row], call.stats.h_lo, call.stats.h_hi);
}

__device__ float WarpMax(float value) {
  for (int offset = 16; offset > 0; offset /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, offset));
  }
  return value;
}

__device__ float WarpSum(float value) {
  for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(kAllLanes, value, offset);
  return value;
}

template <int kHeads>
struct Shared {
  float q[kHeads][256];
  float halves[kHeads][kKeysPerTile];   // of scores: the second half of head_dim
  float weights[kHeads][kKeysPerTile];  // scores, then their weights
  float factors[kHeads];
  float outs[kHeads][kThreads];
};

// Scores of one tile: two threads a key, each half of head_dim; minus infinity after the row's position.
template <typename Kv, int kHeads>
__device__ void ScoreTile(const Kv* keys, int count, int head_dim, Shared<kHeads>* shared) {
  const int key = threadIdx.x % kKeysPerTile;
  const bool second = threadIdx.x >= kKeysPerTile;
  const int middle = (head_dim + 1) / 2;
  const int end = second ? head_dim : middle;
  float scores[kHeads] = {};
  if (key < count) {
#pragma unroll 8
    for (int d = second ? middle : 0; d < end; ++d) {
      const float k = ToFloat(keys[d * kKeysPerTile + key]);
#pragma unroll
      for (int h = 0; h < kHeads; ++h) scores[h] = fmaf(shared->q[h][d], k, scores[h]);
    }
  }
  if (second) {
#pragma unroll
    for (int h = 0; h < kHeads; ++h) shared->halves[h][key] = scores[h];
  }
  __syncthreads();  // also: all have read the weights of the tile before
  if (!second) {
#pragma unroll
    for (int h = 0; h < kHeads; ++h) {
      shared->weights[h][key] = key < count ? scores[h] + shared->halves[h][key] : -INFINITY;
    }
  }
  __syncthreads();
}

// Turns one head's scores into weights, by one warp; each lane sums up its own two keys of every tile.
template <bool kMeasure>
__device__ float WeighTile(const AttentionCallCuda& call, int t, int first_key, Span ring, float* ring_scores,
                           float* weights, SoftmaxPart* part) {
  const int lane = threadIdx.x % 32;
  const float log2_scale = call.scale * kLog2E;
  const float scores[2] = {weights[lane], weights[lane + 32]};
  const float factor = RaiseMax<kMeasure>(WarpMax(fmaxf(scores[0], scores[1])), log2_scale, part);
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int s = first_key + lane + 32 * i;
    const float weight = WeightOf(scores[i], part->max, log2_scale);
    AddKey<kMeasure>(weight, t - s, call.stats.w, part);
    weights[lane + 32 * i] = weight;
    if (kMeasure && s >= ring.begin && s < ring.end) {
      ring_scores[s & (call.stats.ring_slots - 1)] = scores[i];
    }
  }
  return factor;
}

// out = factor * out + sum of weights * values.  A thread owns kDims dims, 128 apart, for every `groups`-th
// key.
template <typename Kv, int kHeads, int kDims>
__device__ void AddValues(const Kv* values, int count, int head_dim, int dim, int group, int groups,
                          const Shared<kHeads>& shared, float (*outs)[kDims]) {
#pragma unroll
  for (int h = 0; h < kHeads; ++h) {
#pragma unroll
    for (int j = 0; j < kDims; ++j) outs[h][j] *= shared.factors[h];
  }
#pragma unroll
  for (int j = 0; j < kDims; ++j) {
    const int d = dim + j * kThreads;
    if (d >= head_dim) continue;
#pragma unroll 8
    for (int key = group; key < count; key += groups) {
      const float v = ToFloat(values[key * head_dim + d]);
#pragma unroll
      for (int h = 0; h < kHeads; ++h) outs[h][j] = fmaf(shared.weights[h][key], v, outs[h][j]);
    }
  }
}

// Writes the part's output: the sum over the groups of keys.
template <int kHeads, int kDims>
__device__ void StoreOuts(const AttentionCallCuda& call, const Place& place, int dims, int groups,
                          const float (*outs)[kDims], Shared<kHeads>* shared) {
#pragma unroll
  for (int j = 0; j < kDims; ++j) {
    __syncthreads();
#pragma unroll
    for (int h = 0; h < kHeads; ++h) shared->outs[h][threadIdx.x] = outs[h][j];
    __syncthreads();
    const int d = threadIdx.x + j * kThreads;
    if (threadIdx.x >= dims || d >= call.head_dim) continue;
    for (int h = 0; h < place.heads; ++h) {
      float sum = 0;
      for (int group = 0; group < groups; ++group) sum += shared->outs[h][group * dims + threadIdx.x];
      const size_t part = (place.row_head + h) * call.splits + blockIdx.x;
      PartOuts(call)[part * call.head_dim + d] = sum;
    }
  }
}

template <bool kMeasure>
__device__ void StorePart(const AttentionCallCuda& call, size_t row_head, SoftmaxPart part) {
  part.sum = WarpSum(part.sum);
  if (kMeasure) {
    part.distance = WarpSum(part.distance);
    part.windowed = WarpSum(part.windowed);
  }
  if (threadIdx.x % 32 == 0) {
    static_cast<SoftmaxPart*>(call.workspace)[row_head * call.splits + blockIdx.x] = part;
  }
}

template <int kHeads>
__device__ void LoadQueries(const AttentionCallCuda& call, const Place& place, Shared<kHeads>* shared) {
  for (int i = threadIdx.x; i < kHeads * call.head_dim; i += kThreads) {
    const int h = i / call.head_dim, d = i % call.head_dim;
    shared->q[h][d] = h < place.heads ? call.q[(place.row_head + h) * call.head_dim + d] : 0.0f;
  }
  __syncthreads();
}

// Grid: splits, blocks of query heads, rows.
template <typename Kv, int kHeads, int kDims, bool kMeasure>
__global__ void __launch_bounds__(kThreads) SplitKernel(const AttentionCallCuda call) {
  constexpr int kHeadsPerWarp = (kHeads + kWarps - 1) / kWarps;
  __shared__ Shared<kHeads> shared;
  const int row = blockIdx.z, warp = threadIdx.x / 32;
  const Place place = PlaceOf(call, row, blockIdx.y, kHeads);
  const int t = call.positions[row];
  const Span tiles = TilesOfSplit(t, call.splits, blockIdx.x);
  const Span ring = kMeasure ? RingOf(call, row, t) : Span{0, 0};
  LoadQueries(call, place, &shared);

  int dims = 1;  // threads that share one key: a power of two
  while (dims < call.head_dim && dims < kThreads) dims *= 2;
  const int groups = kThreads / dims, group = threadIdx.x / dims, dim = threadIdx.x % dims;
  float outs[kHeads][kDims] = {};
  SoftmaxPart parts[kHeadsPerWarp];
  for (SoftmaxPart& part : parts) part = EmptyPart();

  const KvTileLayout layout{call.kv_heads, call.head_dim};
  const size_t head_elements = 2 * static_cast<size_t>(layout.head_dim) * kKeysPerTile;
  for (int tile = tiles.begin; tile < tiles.end; ++tile) {
    const int page = call.page_table[static_cast<size_t>(row) * call.pages_per_row + tile];
    const Kv* const keys = static_cast<const Kv*>(call.pool) + page * call.page_elements + call.page_offset +
                           place.kv_head * head_elements;
    const int count = min(kKeysPerTile, t + 1 - tile * kKeysPerTile);
    ScoreTile(keys, count, call.head_dim, &shared);
#pragma unroll
    for (int i = 0; i < kHeadsPerWarp; ++i) {
      const int h = warp + i * kWarps;
      if (h >= place.heads) continue;
      float* const ring_scores = kMeasure ? ScoresForRing(call, place.row_head + h) : nullptr;
      const float factor =
          WeighTile<kMeasure>(call, t, tile * kKeysPerTile, ring, ring_scores, shared.weights[h], &parts[i]);
      if (threadIdx.x % 32 == 0) shared.factors[h] = factor;
    }
    __syncthreads();
    AddValues<Kv, kHeads, kDims>(keys + head_elements / 2, count, call.head_dim, dim, group, groups, shared,
                                 outs);
  }

  StoreOuts<kHeads, kDims>(call, place, dims, groups, outs, &shared);
#pragma unroll
  for (int i = 0; i < kHeadsPerWarp; ++i) {
    const int h = warp + i * kWarps;
    if (h < place.heads) StorePart<kMeasure>(call, place.row_head + h, parts[i]);
  }
}

// After the row's denominator is final: C2 and C5 by one thread, the ring (C6') by all.
__device__ void Measure(const AttentionCallCuda& call, int row, int head, const SoftmaxPart& merged) {
  const AttentionStatsPoolCuda& stats = call.stats;
  const int t = call.positions[row], prompt = call.prompt_tokens[row];
  const size_t line = static_cast<size_t>(call.stats_slots[row]) * call.heads + head;
  float* const waad = stats.waad + line * stats.response_tokens;
  float* const fai = stats.fai + line * stats.response_tokens;
  float* const ring = stats.ring + line * stats.ring_slots;
  if (threadIdx.x == 0) {
    waad[t - prompt] = WaadOf(merged, stats.w);
    const double distance = merged.distance / merged.sum;
    stats.distance[line] = t == prompt ? distance : stats.distance[line] + distance;
  }
  const float* const scores = ScoresForRing(call, static_cast<size_t>(row) * call.heads + head);
  const Span keys = RingOf(call, row, t);
  for (int s = keys.begin + threadIdx.x; s < keys.end; s += kThreads) {
    const int slot = s & (stats.ring_slots - 1);
    const float weight = WeightOf(scores[slot], merged.max, call.scale * kLog2E);
    AddToRing(weight / merged.sum, s, s == t - stats.h_lo, stats.ring_slots, ring);
    if (s == t - stats.h_hi) fai[s - prompt] = ring[slot] / static_cast<float>(stats.h_hi - stats.h_lo + 1);
  }
}

// Grid: query heads, rows.  Every thread merges the parts' sums; each merges its own dims of the outputs.
template <bool kMeasure>
__global__ void __launch_bounds__(kThreads) MergeKernel(const AttentionCallCuda call) {
  __shared__ float factors[kMaxSplitsCuda];
  const int head = blockIdx.x, row = blockIdx.y;
  const size_t row_head = static_cast<size_t>(row) * call.heads + head;
  const SoftmaxPart* const parts = static_cast<const SoftmaxPart*>(call.workspace) + row_head * call.splits;
  SoftmaxPart merged = EmptyPart();
  for (int i = 0; i < call.splits; ++i) merged.max = fmaxf(merged.max, parts[i].max);
  for (int i = threadIdx.x; i < call.splits; i += kThreads) {
    factors[i] = WeightOf(parts[i].max, merged.max, call.scale * kLog2E);
  }
  __syncthreads();
  for (int i = 0; i < call.splits; ++i) AddPart<kMeasure>(parts[i], factors[i], &merged);

  const float* const outs = PartOuts(call) + row_head * call.splits * call.head_dim;
  for (int d = threadIdx.x; d < call.head_dim; d += kThreads) {
    float sum = 0;
    for (int i = 0; i < call.splits; ++i) sum = fmaf(outs[i * call.head_dim + d], factors[i], sum);
    call.out[row_head * call.head_dim + d] = sum / merged.sum;
  }
  if (kMeasure && call.stats_slots[row] >= 0) Measure(call, row, head, merged);
}

// Grid: query heads, responses.
__global__ void FinishKernel(const AttentionFinishCuda call) {
  const AttentionStatsPoolCuda& stats = call.stats;
  const int prompt = call.prompt_tokens[blockIdx.y], end = call.tokens[blockIdx.y];
  const size_t line = static_cast<size_t>(call.slots[blockIdx.y]) * call.heads + blockIdx.x;
  for (int s = max(prompt, end - stats.h_hi) + threadIdx.x; s < end; s += blockDim.x) {
    const int rows = end - s - stats.h_lo;
    const float sum = stats.ring[line * stats.ring_slots + (s & (stats.ring_slots - 1))];
    stats.fai[line * stats.response_tokens + s - prompt] =
        rows > 0 ? sum / static_cast<float>(rows) : nanf("");
  }
}

template <typename Call>
void Enqueue(void (*kernel)(Call), dim3 grid, const Call& call, cudaStream_t stream) {
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = dim3(kThreads);
  config.stream = stream;
  cudaLaunchKernelEx(&config, kernel, call);
}

template <typename Kv, int kHeads, int kDims, bool kMeasure>
void Launch(const AttentionCallCuda& call, cudaStream_t stream) {
  const int blocks = call.kv_heads * ((call.heads / call.kv_heads + kHeads - 1) / kHeads);
  Enqueue(SplitKernel<Kv, kHeads, kDims, kMeasure>, dim3(call.splits, blocks, call.rows), call, stream);
  Enqueue(MergeKernel<kMeasure>, dim3(call.heads, call.rows), call, stream);
}

template <typename Kv, int kHeads, int kDims>
void LaunchMeasured(const AttentionCallCuda& call, cudaStream_t stream) {
  call.stats_slots != nullptr ? Launch<Kv, kHeads, kDims, true>(call, stream)
                              : Launch<Kv, kHeads, kDims, false>(call, stream);
}

template <typename Kv, int kHeads>
void LaunchDims(const AttentionCallCuda& call, cudaStream_t stream) {
  call.head_dim <= kThreads ? LaunchMeasured<Kv, kHeads, 1>(call, stream)
                            : LaunchMeasured<Kv, kHeads, 2>(call, stream);
}

template <typename Kv>
void LaunchHeads(const AttentionCallCuda& call, cudaStream_t stream) {
  const int group = call.heads / call.kv_heads;
  if (group == 1) return LaunchDims<Kv, 1>(call, stream);
  if (group == 2) return LaunchDims<Kv, 2>(call, stream);
  if (group <= 4) return LaunchDims<Kv, 4>(call, stream);
  LaunchDims<Kv, kMaxHeads>(call, stream);
}

const char* LastError() {
  const cudaError_t error = cudaGetLastError();
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

}  // namespace

const char* LaunchAttentionCuda(const AttentionCallCuda& call, void* stream) {
  const cudaStream_t on = static_cast<cudaStream_t>(stream);
  call.kv_type == KvTypeCuda::kF32 ? LaunchHeads<float>(call, on) : LaunchHeads<Bf16>(call, on);
  return LastError();
}

const char* LaunchAttentionFinishCuda(const AttentionFinishCuda& call, void* stream) {
  Enqueue(FinishKernel, dim3(call.heads, call.count), call, static_cast<cudaStream_t>(stream));
  return LastError();
}

}  // namespace rubato
