#pragma once

// A sequence with random queries, keys and values in pages, for tests of attention.

#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/attention.h"
#include "kernels/attention_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {

inline AttentionShape MakeShape(int heads, int kv_heads, int head_dim) {
  return {heads, {kv_heads, head_dim}, 1 / std::sqrt(static_cast<float>(head_dim))};
}

class PagedSequence {
 public:
  PagedSequence(const AttentionShape& shape, int tokens, unsigned seed, float deviation = 1.0f)
      : shape_(shape),
        tokens_(tokens),
        q_(Normals(seed, Floats(shape.heads), deviation)),
        k_(Normals(seed + 1, Floats(shape.kv.kv_heads), deviation)),
        v_(Normals(seed + 2, Floats(shape.kv.kv_heads))),
        out_(Floats(shape.heads)),
        lse_(static_cast<size_t>(tokens * shape.heads)) {
    for (int t = 0; t < tokens; ++t) {
      if (t % kKeysPerTile == 0) AddPage();
      const size_t at = static_cast<size_t>(t * shape.kv.kv_heads * shape.kv.head_dim);
      WriteKv(shape.kv, &k_[at], &v_[at], t % kKeysPerTile, owned_.back().get() + kOffset);
    }
  }

  AttentionRow Row(int position, AttentionStatsState* stats = nullptr) {
    const size_t at = static_cast<size_t>(position * shape_.heads);
    const size_t dim = static_cast<size_t>(shape_.kv.head_dim);
    return {pages_.data(), kOffset, position, &q_[at * dim], &out_[at * dim], &lse_[at], stats};
  }

  std::vector<AttentionRow> Rows(int begin, int end, AttentionStatsState* stats = nullptr) {
    std::vector<AttentionRow> rows;
    for (int t = begin; t < end; ++t) rows.push_back(Row(t, stats));
    return rows;
  }

  // One query head by the textbook.
  AttentionRef Reference(int head) const {
    const int kv_head = head / (shape_.heads / shape_.kv.kv_heads);
    return ComputeAttentionRef(
        Head(q_, shape_.heads, head).data(), Head(k_, shape_.kv.kv_heads, kv_head).data(),
        Head(v_, shape_.kv.kv_heads, kv_head).data(), tokens_, shape_.kv.head_dim, shape_.scale);
  }

  // [tokens, width] of one head out of [tokens, heads, width].
  template <typename T>
  static std::vector<double> HeadOf(const std::vector<T>& rows, int heads, int head, int width) {
    std::vector<double> part;
    for (size_t i = static_cast<size_t>(head * width); i < rows.size();
         i += static_cast<size_t>(heads * width)) {
      part.insert(part.end(), &rows[i], &rows[i] + width);
    }
    return part;
  }

  const AttentionShape& shape() const { return shape_; }
  int tokens() const { return tokens_; }
  std::vector<float>& q() { return q_; }
  std::vector<float>& k() { return k_; }
  std::vector<float>& v() { return v_; }
  std::vector<float>& out() { return out_; }
  std::vector<float>& lse() { return lse_; }
  std::vector<const float*>& pages() { return pages_; }

 private:
  static constexpr size_t kOffset = 32;  // as if another layer's tile came before

  struct Free {
    void operator()(float* data) const { std::free(data); }
  };

  size_t Floats(int heads) const { return static_cast<size_t>(tokens_ * heads * shape_.kv.head_dim); }

  std::vector<double> Head(const std::vector<float>& rows, int heads, int head) const {
    return HeadOf(rows, heads, head, shape_.kv.head_dim);
  }

  // Slots that nothing is written to hold NaN: they must not matter.
  void AddPage() {
    const size_t floats = kOffset + shape_.kv.TileFloats();
    owned_.emplace_back(static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64)));
    std::fill_n(owned_.back().get(), floats, std::nanf(""));
    pages_.push_back(owned_.back().get());
  }

  AttentionShape shape_;
  int tokens_;
  std::vector<float> q_, k_, v_, out_, lse_;
  std::vector<std::unique_ptr<float[], Free>> owned_;
  std::vector<const float*> pages_;
};

}  // namespace rubato
