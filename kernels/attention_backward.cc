#include "kernels/attention_backward.h"

#include <algorithm>
#include <vector>

#include "kernels/attention_backward_isa.h"
#include "kernels/packed_matrix.h"
#include "kernels/panel_product.h"

// Per query head, blocks of 64 keys by 32 rows of the map are made, used in three products and forgotten:
//   p = exp(q k^T scale - lse),  ds = p (dout v^T - delta) scale,
//   dv += p^T dout,  dk += ds^T q,  dq += ds k.

namespace rubato {
namespace {

constexpr int kPanel = PackedMatrix::kPanel;
constexpr int kBlockKeys = 64;
constexpr int kBlockRows = 32;

using Panels = std::vector<float>;

// [rows, cols] with rows `stride` apart, cut into panels of 32 columns: [panel][row][32].
void PackRows(const float* from, ptrdiff_t stride, int rows, int cols, Panels& to) {
  to.assign(static_cast<size_t>((cols + kPanel - 1) / kPanel * kPanel) * static_cast<size_t>(rows), 0.0f);
  float* out = to.data();
  for (int col = 0; col < cols; col += kPanel) {
    for (int row = 0; row < rows; ++row, out += kPanel) {
      std::copy_n(from + row * stride + col, std::min(kPanel, cols - col), out);
    }
  }
}

// The transpose of [rows, cols], cut into panels of 32 rows: [panel][col][32].
void PackTransposed(const float* from, ptrdiff_t stride, int rows, int cols, Panels& to) {
  to.assign(static_cast<size_t>((rows + kPanel - 1) / kPanel * kPanel) * static_cast<size_t>(cols), 0.0f);
  for (int row = 0; row < rows; ++row) {
    float* const out = to.data() + static_cast<ptrdiff_t>(row / kPanel) * cols * kPanel + row % kPanel;
    for (int col = 0; col < cols; ++col) out[static_cast<ptrdiff_t>(col) * kPanel] = from[row * stride + col];
  }
}

struct Matrix {
  const float* data;
  ptrdiff_t stride;
  ProductLayout layout = ProductLayout::kRows;
};

void Multiply(int rows, int cols, int depth, const Matrix& a, const float* b, ptrdiff_t b_stride,
              ProductSink sink, float* c, ptrdiff_t c_stride) {
  RUBATO_FOR_ACTIVE_ISA(PanelProduct)
  ({.rows = rows,
    .cols = cols,
    .k = depth,
    .a = a.data,
    .a_stride = a.stride,
    .a_layout = a.layout,
    .b = b,
    .b_stride = b_stride,
    .bias = nullptr,
    .sink = sink,
    .c = c,
    .c_stride = c_stride});
}

// The gradients of one query head.
class HeadBackward {
 public:
  HeadBackward(const AttentionShape& shape, const AttentionBackwardArgs& args, int head)
      : args_(args),
        dim_(shape.kv.head_dim),
        heads_(shape.heads),
        scale_(shape.scale),
        lse_(args.lse + head),
        q_(args.q + head * dim_),
        dout_(args.dout + head * dim_),
        dq_(args.dq + head * dim_) {
    const ptrdiff_t kv = static_cast<ptrdiff_t>(head / (shape.heads / shape.kv.kv_heads)) * dim_;
    k_ = args.k + kv;
    v_ = args.v + kv;
    dk_ = args.dk + kv;
    dv_ = args.dv + kv;
    PackRows(q_, args.q_stride, args.tokens, dim_, q_panels_);
    PackRows(dout_, args.out_stride, args.tokens, dim_, dout_panels_);
    const auto dot = RUBATO_FOR_ACTIVE_ISA(DotProduct);
    for (ptrdiff_t row = 0; row < args.tokens; ++row) {
      const ptrdiff_t at = row * args.out_stride;
      delta_.push_back(dot(dout_ + at, args.out + head * dim_ + at, dim_));
    }
  }

  void Run() {
    for (int key = 0; key < args_.tokens; key += kBlockKeys) {
      const int keys = std::min(kBlockKeys, args_.tokens - key);
      const ptrdiff_t at = static_cast<ptrdiff_t>(key) * args_.kv_stride;
      PackTransposed(k_ + at, args_.kv_stride, keys, dim_, k_transposed_);
      PackTransposed(v_ + at, args_.kv_stride, keys, dim_, v_transposed_);
      PackRows(k_ + at, args_.kv_stride, keys, dim_, k_panels_);
      for (int row = key; row < args_.tokens; row += kBlockRows) {
        RunBlock(row, std::min(kBlockRows, args_.tokens - row), key, keys);
      }
    }
  }

 private:
  void RunBlock(int row, int rows, int key, int all_keys) {
    // Keys after the block's last row are seen by none of its rows.
    const int keys = std::min(all_keys, row + rows - key);
    const ptrdiff_t q_at = static_cast<ptrdiff_t>(row) * args_.q_stride;
    const ptrdiff_t out_at = static_cast<ptrdiff_t>(row) * args_.out_stride;
    const ptrdiff_t panel_of_key = static_cast<ptrdiff_t>(dim_) * kPanel;
    Multiply(rows, keys, dim_, {q_ + q_at, args_.q_stride}, k_transposed_.data(), panel_of_key,
             ProductSink::kStore, scores_, kBlockKeys);
    Multiply(rows, keys, dim_, {dout_ + out_at, args_.out_stride}, v_transposed_.data(), panel_of_key,
             ProductSink::kStore, gradients_, kBlockKeys);
    RUBATO_FOR_ACTIVE_ISA(AttentionGradients)
    ({.rows = rows,
      .keys = keys,
      .stride = kBlockKeys,
      .first_row = row - key,
      .scale = scale_,
      .lse = lse_ + static_cast<ptrdiff_t>(row) * heads_,
      .lse_stride = heads_,
      .delta = delta_.data() + row,
      .scores = scores_,
      .gradients = gradients_});

    const ptrdiff_t panel_of_row = static_cast<ptrdiff_t>(args_.tokens) * kPanel;
    const ptrdiff_t kv_at = static_cast<ptrdiff_t>(key) * args_.dkv_stride;
    Multiply(keys, dim_, rows, {scores_, kBlockKeys, ProductLayout::kColumns},
             dout_panels_.data() + row * kPanel, panel_of_row, ProductSink::kAdd, dv_ + kv_at,
             args_.dkv_stride);
    Multiply(keys, dim_, rows, {gradients_, kBlockKeys, ProductLayout::kColumns},
             q_panels_.data() + row * kPanel, panel_of_row, ProductSink::kAdd, dk_ + kv_at, args_.dkv_stride);
    Multiply(rows, dim_, keys, {gradients_, kBlockKeys}, k_panels_.data(),
             static_cast<ptrdiff_t>(all_keys) * kPanel, ProductSink::kAdd,
             dq_ + static_cast<ptrdiff_t>(row) * args_.dq_stride, args_.dq_stride);
  }

  const AttentionBackwardArgs& args_;
  const int dim_;
  const int heads_;
  const float scale_;
  const float* lse_;
  const float* q_;
  const float* dout_;
  const float* k_;
  const float* v_;
  float* dq_;
  float* dk_;
  float* dv_;
  std::vector<float> delta_;
  Panels q_panels_, dout_panels_, k_panels_, k_transposed_, v_transposed_;
  alignas(64) float scores_[kBlockRows * kBlockKeys];
  alignas(64) float gradients_[kBlockRows * kBlockKeys];
};

void Clear(float* data, ptrdiff_t stride, int rows, int cols) {
  for (ptrdiff_t row = 0; row < rows; ++row) std::fill_n(data + row * stride, cols, 0.0f);
}

}  // namespace

void AttentionBackward(const AttentionShape& shape, const AttentionBackwardArgs& args) {
  Clear(args.dq, args.dq_stride, args.tokens, shape.heads * shape.kv.head_dim);
  Clear(args.dk, args.dkv_stride, args.tokens, shape.kv.kv_heads * shape.kv.head_dim);
  Clear(args.dv, args.dkv_stride, args.tokens, shape.kv.kv_heads * shape.kv.head_dim);
  for (int head = 0; head < shape.heads; ++head) HeadBackward(shape, args, head).Run();
}

}  // namespace rubato
