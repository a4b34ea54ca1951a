#include "kernels/attention_twin_cuda.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "kernels/attention_split_cuda.h"

namespace rubato {
namespace {

// One query head of one row.
struct HeadOfRow {
  const AttentionCallCuda& call;
  int row, head;

  size_t index() const {
    return static_cast<size_t>(row) * static_cast<size_t>(call.heads) + static_cast<size_t>(head);
  }
  int position() const { return call.positions[row]; }
  float log2_scale() const { return call.scale * kLog2E; }
  const float* q() const { return call.q + index() * static_cast<size_t>(call.head_dim); }
  bool measured() const { return call.stats_slots != nullptr && call.stats_slots[row] >= 0; }

  SoftmaxPart* parts() const {
    return static_cast<SoftmaxPart*>(call.workspace) + index() * static_cast<size_t>(call.splits);
  }
  float* part_outs() const {
    return static_cast<float*>(call.workspace) + WorkspaceOf(call).part_floats +
           index() * static_cast<size_t>(call.splits) * static_cast<size_t>(call.head_dim);
  }
  float* scores() const {
    const AttentionWorkspaceCuda floats = WorkspaceOf(call);
    return static_cast<float*>(call.workspace) + floats.part_floats + floats.out_floats +
           index() * static_cast<size_t>(call.stats.ring_slots);
  }
  Span ring_keys() const {
    if (!measured()) return {0, 0};
    return KeysOfRing(position(), call.prompt_tokens[row], call.stats.h_lo, call.stats.h_hi);
  }
};

// Keys of one tile, [head_dim][64]; the values follow them, [64][head_dim].
template <typename Kv>
const Kv* KeysOf(const HeadOfRow& head, int tile) {
  const AttentionCallCuda& call = head.call;
  const int page = call.page_table[head.row * call.pages_per_row + tile];
  const KvTileLayout layout{call.kv_heads, call.head_dim};
  return static_cast<const Kv*>(call.pool) + static_cast<size_t>(page) * call.page_elements +
         call.page_offset + layout.KeysOffset(head.head / (call.heads / call.kv_heads));
}

template <typename Kv>
float Score(const HeadOfRow& head, const Kv* keys, int slot) {
  float score = 0;
  for (int d = 0; d < head.call.head_dim; ++d) {
    score = fmaf(head.q()[d], ToFloat(keys[d * kKeysPerTile + slot]), score);
  }
  return score;
}

template <typename Kv, bool kMeasure>
void AddTile(const HeadOfRow& head, int tile, SoftmaxPart* part, float* out) {
  const AttentionCallCuda& call = head.call;
  const int t = head.position();
  const int count = std::min(kKeysPerTile, t + 1 - tile * kKeysPerTile);
  const Span ring = head.ring_keys();
  const Kv* const keys = KeysOf<Kv>(head, tile);
  const Kv* const values = keys + call.head_dim * kKeysPerTile;

  std::array<float, kKeysPerTile> scores;
  for (int i = 0; i < count; ++i) {
    const int s = tile * kKeysPerTile + i;
    scores[static_cast<size_t>(i)] = Score(head, keys, i);
    if (kMeasure && s >= ring.begin && s < ring.end) {
      head.scores()[s & (call.stats.ring_slots - 1)] = scores[static_cast<size_t>(i)];
    }
  }
  const float factor =
      RaiseMax<kMeasure>(*std::max_element(scores.begin(), scores.begin() + count), head.log2_scale(), part);
  for (int d = 0; d < call.head_dim; ++d) out[d] *= factor;
  for (int i = 0; i < count; ++i) {
    const float weight = WeightOf(scores[static_cast<size_t>(i)], part->max, head.log2_scale());
    AddKey<kMeasure>(weight, t - tile * kKeysPerTile - i, call.stats.w, part);
    for (int d = 0; d < call.head_dim; ++d) {
      out[d] = fmaf(weight, ToFloat(values[i * call.head_dim + d]), out[d]);
    }
  }
}

template <typename Kv, bool kMeasure>
void Split(const HeadOfRow& head, int split) {
  float* const out = head.part_outs() + split * head.call.head_dim;
  std::fill_n(out, head.call.head_dim, 0.0f);
  SoftmaxPart part = EmptyPart();
  const Span tiles = TilesOfSplit(head.position(), head.call.splits, split);
  for (int tile = tiles.begin; tile < tiles.end; ++tile) AddTile<Kv, kMeasure>(head, tile, &part, out);
  head.parts()[split] = part;
}

void Measure(const HeadOfRow& head, const SoftmaxPart& row) {
  const AttentionStatsPoolCuda& stats = head.call.stats;
  const int t = head.position();
  const int prompt = head.call.prompt_tokens[head.row];
  const size_t line =
      static_cast<size_t>(head.call.stats_slots[head.row]) * static_cast<size_t>(head.call.heads) +
      static_cast<size_t>(head.head);
  const size_t responses = line * static_cast<size_t>(stats.response_tokens);
  float* const ring = stats.ring + line * static_cast<size_t>(stats.ring_slots);

  stats.waad[responses + static_cast<size_t>(t - prompt)] = WaadOf(row, stats.w);
  const double distance = row.distance / row.sum;
  stats.distance[line] = t == prompt ? distance : stats.distance[line] + distance;
  const Span keys = head.ring_keys();
  for (int s = keys.begin; s < keys.end; ++s) {
    const int slot = s & (stats.ring_slots - 1);
    const float weight = WeightOf(head.scores()[slot], row.max, head.log2_scale());
    AddToRing(weight / row.sum, s, s == t - stats.h_lo, stats.ring_slots, ring);
    if (s == t - stats.h_hi) {
      stats.fai[responses + static_cast<size_t>(s - prompt)] =
          ring[slot] / static_cast<float>(stats.h_hi - stats.h_lo + 1);
    }
  }
}

template <bool kMeasure>
void Merge(const HeadOfRow& head) {
  const AttentionCallCuda& call = head.call;
  SoftmaxPart row = EmptyPart();
  for (int i = 0; i < call.splits; ++i) row.max = std::max(row.max, head.parts()[i].max);
  float* const out = call.out + head.index() * static_cast<size_t>(call.head_dim);
  std::fill_n(out, call.head_dim, 0.0f);
  for (int i = 0; i < call.splits; ++i) {
    const float factor = WeightOf(head.parts()[i].max, row.max, head.log2_scale());
    AddPart<kMeasure>(head.parts()[i], factor, &row);
    for (int d = 0; d < call.head_dim; ++d) {
      out[d] = fmaf(head.part_outs()[i * call.head_dim + d], factor, out[d]);
    }
  }
  for (int d = 0; d < call.head_dim; ++d) out[d] /= row.sum;
  if (kMeasure && head.measured()) Measure(head, row);
}

template <typename Kv, bool kMeasure>
void Run(const AttentionCallCuda& call) {
  for (int row = 0; row < call.rows; ++row) {
    for (int h = 0; h < call.heads; ++h) {
      const HeadOfRow head{call, row, h};
      for (int split = 0; split < call.splits; ++split) Split<Kv, kMeasure>(head, split);
      Merge<kMeasure>(head);
    }
  }
}

}  // namespace

void AttentionTwinCuda(const AttentionCallCuda& call) {
  const bool measure = call.stats_slots != nullptr;
  if (call.kv_type == KvTypeCuda::kF32) {
    measure ? Run<float, true>(call) : Run<float, false>(call);
  } else {
    measure ? Run<Bf16, true>(call) : Run<Bf16, false>(call);
  }
}

void AttentionFinishTwinCuda(const AttentionFinishCuda& call) {
  const AttentionStatsPoolCuda& stats = call.stats;
  for (int i = 0; i < call.count * call.heads; ++i) {
    const int response = i / call.heads;
    const int end = call.tokens[response], prompt = call.prompt_tokens[response];
    const size_t line = static_cast<size_t>(call.slots[response]) * static_cast<size_t>(call.heads) +
                        static_cast<size_t>(i % call.heads);
    for (int s = std::max(prompt, end - stats.h_hi); s < end; ++s) {
      const int rows = end - s - stats.h_lo;
      const float sum = stats.ring[line * static_cast<size_t>(stats.ring_slots) +
                                   static_cast<size_t>(s & (stats.ring_slots - 1))];
      stats.fai[line * static_cast<size_t>(stats.response_tokens) + static_cast<size_t>(s - prompt)] =
          rows > 0 ? sum / static_cast<float>(rows) : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

}  // namespace rubato
