#pragma once

// Decodes sequences through the CUDA attention's calls, on the device or by its twin on the host, and
// compares everything that comes out with the dense reference in double.

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "kernels/attention_cuda.h"
#include "kernels/attention_ref.h"
#include "kernels/attention_split_cuda.h"
#include "kernels/attention_stats_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {

// Where the memory is that both sides see, and who computes.  The calls return when results can be read.
struct CudaAttentionRunner {
  std::function<std::shared_ptr<void>(size_t bytes)> allocate;
  std::function<absl::Status(const AttentionCallCuda&)> attend;
  std::function<absl::Status(const AttentionFinishCuda&)> finish;
};

struct CudaAttentionShape {
  int heads, kv_heads, head_dim;
  KvTypeCuda kv_type = KvTypeCuda::kF32;
  int splits = 1;
  int w = 10, h_lo = 10, h_hi = 50;
  bool measured = true;
  float deviation = 1.5f;  // of queries and keys
};

// A response that is decoded from token `prompt` to `tokens`, from call number `joins` on.
struct CudaAttentionSequence {
  int prompt, tokens;
  int joins = 0;
};

template <typename T>
struct SharedArray {
  SharedArray() = default;
  SharedArray(const CudaAttentionRunner& runner, size_t count, unsigned char fill)
      : size(count), owner(runner.allocate(count * sizeof(T))) {
    std::memset(owner.get(), fill, count * sizeof(T));
  }
  T* data() const { return static_cast<T*>(owner.get()); }
  T& operator[](size_t i) const { return data()[i]; }

  size_t size = 0;
  std::shared_ptr<void> owner;
};

inline Bf16 ToBf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return {static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

class CudaAttentionBatch {
 public:
  CudaAttentionBatch(const CudaAttentionRunner& runner, const CudaAttentionShape& shape,
                     const std::vector<CudaAttentionSequence>& sequences, unsigned seed)
      : runner_(runner), shape_(shape) {
    for (const CudaAttentionSequence& spec : sequences) sequences_.push_back(MakeSequence(spec, seed += 10));
    AllocatePool();
    AllocateStats();
    AllocateRows();
  }

  // Every call, until all have left.
  void Decode() {
    for (int call = 0;; ++call) {
      std::vector<Sequence*> rows;
      bool waiting = false;
      for (Sequence& sequence : sequences_) {
        waiting |= call < sequence.spec.joins;
        if (call >= sequence.spec.joins && sequence.position < sequence.spec.tokens)
          rows.push_back(&sequence);
      }
      if (rows.empty() && !waiting) return;
      if (call % 2 == 1) std::reverse(rows.begin(), rows.end());
      if (!rows.empty()) Step(rows);
    }
  }

  // Outputs, WAAD, FAI and distance sums of all sequences and heads.
  void ExpectReference(double tolerance = kTolerance) const {
    for (const Sequence& sequence : sequences_) {
      for (int head = 0; head < shape_.heads; ++head) ExpectHead(sequence, head, tolerance);
    }
  }

  // Outputs in decode order.
  std::vector<float> Outs() const {
    std::vector<float> all;
    for (const Sequence& sequence : sequences_)
      all.insert(all.end(), sequence.outs.begin(), sequence.outs.end());
    return all;
  }

 private:
  struct Sequence {
    CudaAttentionSequence spec;
    std::vector<float> q, k, v;  // [tokens, heads or KV heads, head_dim]; k and v as the pool holds them
    int position = 0;            // the next to be decoded
    int slot = -1;
    std::vector<int> pages;
    std::vector<float> outs;        // [tokens - prompt, heads, head_dim]
    std::vector<float> waad, fai;   // [heads, tokens - prompt]
    std::vector<double> distances;  // [heads]
  };

  static size_t Size(int a, int b = 1, int c = 1) {
    return static_cast<size_t>(a) * static_cast<size_t>(b) * static_cast<size_t>(c);
  }

  bool is_bf16() const { return shape_.kv_type == KvTypeCuda::kBf16; }

  Sequence MakeSequence(const CudaAttentionSequence& spec, unsigned seed) const {
    const size_t keys = Size(spec.tokens, shape_.kv_heads, shape_.head_dim);
    Sequence sequence;
    sequence.spec = spec;
    sequence.q = Normals(seed, Size(spec.tokens, shape_.heads, shape_.head_dim), shape_.deviation);
    sequence.k = Normals(seed + 1, keys, shape_.deviation);
    sequence.v = Normals(seed + 2, keys);
    if (is_bf16()) {
      for (std::vector<float>* values : {&sequence.k, &sequence.v}) {
        for (float& value : *values) value = ToFloat(ToBf16(value));
      }
    }
    return sequence;
  }

  // Pages in an order of no sequence; what is not written is NaN in either type.
  void AllocatePool() {
    int pages = 0;
    for (const Sequence& sequence : sequences_) {
      pages_per_row_ = std::max(pages_per_row_, (sequence.spec.tokens - 1) / kKeysPerTile + 1);
      pages += (sequence.spec.tokens - 1) / kKeysPerTile + 1;
    }
    page_elements_ = kPageOffset + KvTileLayout{shape_.kv_heads, shape_.head_dim}.TileFloats() + 7;
    pool_ = SharedArray<unsigned char>(runner_, page_elements_ * Size(pages) * (is_bf16() ? 2 : 4), 0xff);
    for (int i = 0, next = pages - 1; next >= 0; ++i) {
      for (Sequence& sequence : sequences_) {
        if (i <= (sequence.spec.tokens - 1) / kKeysPerTile) sequence.pages.push_back(next--);
      }
    }
  }

  void AllocateStats() {
    stats_.w = shape_.w;
    stats_.h_lo = shape_.h_lo;
    stats_.h_hi = shape_.h_hi;
    stats_.slots = static_cast<int>(sequences_.size());
    for (const Sequence& sequence : sequences_) {
      stats_.response_tokens = std::max(stats_.response_tokens, sequence.spec.tokens - sequence.spec.prompt);
    }
    stats_.ring_slots = RingSlotsFor(stats_.h_lo, stats_.h_hi, stats_.response_tokens);
    const size_t lines = Size(stats_.slots, shape_.heads);
    ring_ = {runner_, lines * Size(stats_.ring_slots), 0xff};
    waad_ = {runner_, lines * Size(stats_.response_tokens), 0xff};
    fai_ = {runner_, lines * Size(stats_.response_tokens), 0xff};
    distance_ = {runner_, lines, 0xff};
    stats_.ring = ring_.data();
    stats_.waad = waad_.data();
    stats_.fai = fai_.data();
    stats_.distance = distance_.data();
    for (int slot = 0; slot < stats_.slots; ++slot) free_slots_.push_back(slot);
  }

  void AllocateRows() {
    const int rows = static_cast<int>(sequences_.size());
    table_ = {runner_, Size(rows, pages_per_row_), 0};
    positions_ = {runner_, Size(rows), 0};
    slots_ = {runner_, Size(rows), 0};
    prompts_ = {runner_, Size(rows), 0};
    tokens_ = {runner_, Size(rows), 0};
    q_ = {runner_, Size(rows, shape_.heads, shape_.head_dim), 0};
    out_ = {runner_, q_.size, 0xff};
    workspace_ = {runner_, AttentionWorkspaceBytesCuda(Call(rows)), 0xff};
  }

  AttentionCallCuda Call(int rows) const {
    return {.rows = rows,
            .heads = shape_.heads,
            .kv_heads = shape_.kv_heads,
            .head_dim = shape_.head_dim,
            .scale = 1 / std::sqrt(static_cast<float>(shape_.head_dim)),
            .splits = shape_.splits,
            .kv_type = shape_.kv_type,
            .pool = pool_.data(),
            .page_elements = page_elements_,
            .page_offset = kPageOffset,
            .page_table = table_.data(),
            .pages_per_row = pages_per_row_,
            .positions = positions_.data(),
            .q = q_.data(),
            .out = out_.data(),
            .workspace = workspace_.data(),
            .workspace_bytes = workspace_.size,
            .stats_slots = shape_.measured ? slots_.data() : nullptr,
            .prompt_tokens = prompts_.data(),
            .stats = stats_};
  }

  void WriteKv(const Sequence& sequence, int position) {
    const KvTileLayout layout{shape_.kv_heads, shape_.head_dim};
    const int slot = position % kKeysPerTile;
    const size_t page = Size(sequence.pages[Size(position / kKeysPerTile)]) * page_elements_ + kPageOffset;
    for (int head = 0; head < shape_.kv_heads; ++head) {
      for (int d = 0; d < shape_.head_dim; ++d) {
        const size_t from =
            Size(position, shape_.kv_heads, shape_.head_dim) + Size(head, shape_.head_dim) + Size(d);
        Store(page + layout.KeysOffset(head) + Size(d, kKeysPerTile) + Size(slot), sequence.k[from]);
        Store(page + layout.ValuesOffset(head) + Size(slot, shape_.head_dim) + Size(d), sequence.v[from]);
      }
    }
  }

  void Store(size_t element, float value) {
    if (is_bf16()) {
      reinterpret_cast<Bf16*>(pool_.data())[element] = ToBf16(value);
    } else {
      reinterpret_cast<float*>(pool_.data())[element] = value;
    }
  }

  void Join(Sequence* sequence) {
    sequence->slot = free_slots_.back();  // the one that was left last: not cleared
    free_slots_.pop_back();
    for (; sequence->position < sequence->spec.prompt; ++sequence->position) {
      WriteKv(*sequence, sequence->position);
    }
  }

  void Step(const std::vector<Sequence*>& rows) {
    const size_t width = Size(shape_.heads, shape_.head_dim);
    for (size_t r = 0; r < rows.size(); ++r) {
      Sequence& sequence = *rows[r];
      if (sequence.slot < 0) Join(&sequence);
      WriteKv(sequence, sequence.position);
      std::fill_n(&table_[r * Size(pages_per_row_)], pages_per_row_, -1);
      std::copy_n(sequence.pages.begin(), sequence.position / kKeysPerTile + 1,
                  &table_[r * Size(pages_per_row_)]);
      positions_[r] = sequence.position;
      slots_[r] = sequence.slot;
      prompts_[r] = sequence.spec.prompt;
      std::copy_n(&sequence.q[Size(sequence.position) * width], width, &q_[r * width]);
    }
    const absl::Status status = runner_.attend(Call(static_cast<int>(rows.size())));
    ASSERT_TRUE(status.ok()) << status;
    for (size_t r = 0; r < rows.size(); ++r) {
      rows[r]->outs.insert(rows[r]->outs.end(), &out_[r * width], &out_[r * width] + width);
      if (++rows[r]->position == rows[r]->spec.tokens) Leave(rows[r]);
    }
  }

  void Leave(Sequence* sequence) {
    slots_[0] = sequence->slot;
    prompts_[0] = sequence->spec.prompt;
    tokens_[0] = sequence->spec.tokens;
    const absl::Status status = runner_.finish({.count = 1,
                                                .heads = shape_.heads,
                                                .slots = slots_.data(),
                                                .prompt_tokens = prompts_.data(),
                                                .tokens = tokens_.data(),
                                                .stats = stats_});
    ASSERT_TRUE(status.ok()) << status;
    const size_t rows = Size(sequence->spec.tokens - sequence->spec.prompt);
    for (int head = 0; head < shape_.heads; ++head) {
      const size_t line = Size(sequence->slot, shape_.heads) + Size(head);
      const size_t at = line * Size(stats_.response_tokens);
      sequence->waad.insert(sequence->waad.end(), &waad_[at], &waad_[at] + rows);
      sequence->fai.insert(sequence->fai.end(), &fai_[at], &fai_[at] + rows);
      sequence->distances.push_back(distance_[line]);
    }
    free_slots_.push_back(sequence->slot);
  }

  // [tokens, head_dim] of one head.
  std::vector<double> HeadOf(const std::vector<float>& values, int heads, int head) const {
    std::vector<double> part;
    const size_t dim = Size(shape_.head_dim);
    for (size_t i = Size(head) * dim; i < values.size(); i += Size(heads) * dim) {
      part.insert(part.end(), &values[i], &values[i] + dim);
    }
    return part;
  }

  void ExpectHead(const Sequence& sequence, int head, double tolerance) const {
    const CudaAttentionSequence& spec = sequence.spec;
    SCOPED_TRACE("prompt " + std::to_string(spec.prompt) + ", tokens " + std::to_string(spec.tokens) +
                 ", head " + std::to_string(head) + " of " + std::to_string(shape_.heads) + "/" +
                 std::to_string(shape_.kv_heads) + " x " + std::to_string(shape_.head_dim) + ", splits " +
                 std::to_string(shape_.splits));
    const int kv_head = head / (shape_.heads / shape_.kv_heads);
    const AttentionRef ref = ComputeAttentionRef(
        HeadOf(sequence.q, shape_.heads, head).data(), HeadOf(sequence.k, shape_.kv_heads, kv_head).data(),
        HeadOf(sequence.v, shape_.kv_heads, kv_head).data(), spec.tokens, shape_.head_dim, Call(1).scale);
    const std::vector<double> outs = HeadOf(sequence.outs, shape_.heads, head);
    const std::vector<float> measured_outs(outs.begin(), outs.end());
    EXPECT_TRUE(
        AllClose(measured_outs, std::span(ref.out).subspan(Size(spec.prompt, shape_.head_dim)), tolerance));
    if (!shape_.measured) return;
    const AttentionStatsRef stats =
        ComputeAttentionStatsRef(ref.map, spec.tokens, spec.prompt, shape_.w, shape_.h_lo, shape_.h_hi);
    const size_t rows = Size(spec.tokens - spec.prompt);
    EXPECT_TRUE(AllClose(std::span(sequence.waad).subspan(Size(head) * rows, rows), stats.waad, tolerance));
    EXPECT_TRUE(AllClose(std::span(sequence.fai).subspan(Size(head) * rows, rows), stats.fai, tolerance));
    EXPECT_NEAR(sequence.distances[Size(head)] / static_cast<double>(rows), stats.distance,
                tolerance * (1 + stats.distance));
  }

  static constexpr size_t kPageOffset = 32;  // as if another layer's tile came before

  const CudaAttentionRunner& runner_;
  CudaAttentionShape shape_;
  std::vector<Sequence> sequences_;
  int pages_per_row_ = 0;
  size_t page_elements_ = 0;
  SharedArray<unsigned char> pool_, workspace_;
  AttentionStatsPoolCuda stats_;
  SharedArray<float> ring_, waad_, fai_, q_, out_;
  SharedArray<double> distance_;
  SharedArray<int> table_, positions_, slots_, prompts_, tokens_;
  std::vector<int> free_slots_;
};

}  // namespace rubato
