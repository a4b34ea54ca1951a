#include "kernels/gemm.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "kernels/packed_matrix.h"
#include "kernels/panel_product.h"

namespace rubato {
namespace {

constexpr int kPanel = PackedMatrix::kPanel;
constexpr int kBlockDepth = 256;        // of k; part of the numerics
constexpr int kBlockRows = 192;         // of a packed A: 192 KiB, in whole strips
constexpr int kBlockCols = 8 * kPanel;  // of a packed B: 256 KiB
constexpr int64_t kSmallProduct = 1 << 20;

// A block of C: rows by columns.
struct Block {
  int row_begin, row_end;
  int col_begin, col_end;
};

struct Packs {
  alignas(64) float a[kBlockRows * kBlockDepth];
  alignas(64) float b[kBlockCols * kBlockDepth];
};

Packs& ThreadPacks() {
  thread_local const std::unique_ptr<Packs> packs(new Packs);
  return *packs;
}

// Columns [col, col + cols) of op(B) over k in [k_begin, k_end), as panels filled up with zeros.
void PackB(const GemmArgs& args, int col, int cols, int k_begin, int k_end, float* to) {
  const int depth = k_end - k_begin;
  for (int first = 0; first < cols; first += kPanel, to += depth * kPanel) {
    const int width = std::min(kPanel, cols - first);
    if (args.transpose_b) {
      for (int j = 0; j < kPanel; ++j) {
        const float* from = args.b + static_cast<ptrdiff_t>(col + first + j) * args.b_stride + k_begin;
        for (int k = 0; k < depth; ++k) to[k * kPanel + j] = j < width ? from[k] : 0.0f;
      }
      continue;
    }
    const float* from = args.b + static_cast<ptrdiff_t>(k_begin) * args.b_stride + col + first;
    for (int k = 0; k < depth; ++k, from += args.b_stride) {
      float* const row = to + k * kPanel;
      if (width == kPanel) {
        std::memcpy(row, from, kPanel * sizeof(float));  // unlike copy_n, inline
      } else {
        std::fill_n(std::copy_n(from, width, row), kPanel - width, 0.0f);
      }
    }
  }
}

// Rows [row, row + rows) of a transposed A over k in [k_begin, k_end), as strips of kRowsPerStrip.
void PackTransposedA(const GemmArgs& args, int row, int rows, int k_begin, int k_end, float* to) {
  const int depth = k_end - k_begin;
  for (int first = 0; first < rows; first += kRowsPerStrip, to += depth * kRowsPerStrip) {
    const int height = std::min(kRowsPerStrip, rows - first);
    const float* from = args.a + static_cast<ptrdiff_t>(k_begin) * args.a_stride + row + first;
    for (int k = 0; k < depth; ++k, from += args.a_stride) {
      float* const strip = to + k * kRowsPerStrip;
      if (height == kRowsPerStrip) {
        std::memcpy(strip, from, kRowsPerStrip * sizeof(float));
      } else {
        std::copy_n(from, height, strip);  // the rest is not read into anything that is kept
      }
    }
  }
}

// Adds the products of one block of k to one block of C.
void RunDepth(const GemmArgs& args, const Block& block, int k_begin, int k_end, Packs& packs) {
  const auto run = RUBATO_FOR_ACTIVE_ISA(PanelProduct);
  PanelProductArgs product = {};
  product.k = k_end - k_begin;
  product.cols = block.col_end - block.col_begin;
  product.b = packs.b;
  product.b_stride = static_cast<ptrdiff_t>(product.k) * kPanel;
  product.sink = args.accumulate || k_begin > 0 ? ProductSink::kAdd : ProductSink::kStore;
  product.c_stride = args.c_stride;
  product.a_layout = args.transpose_a ? ProductLayout::kStrips : ProductLayout::kRows;
  product.a_stride = args.a_stride;
  for (int row = block.row_begin; row < block.row_end; row += kBlockRows) {
    product.rows = std::min(kBlockRows, block.row_end - row);
    if (args.transpose_a) {
      PackTransposedA(args, row, product.rows, k_begin, k_end, packs.a);
      product.a = packs.a;
    } else {
      product.a = args.a + static_cast<ptrdiff_t>(row) * args.a_stride + k_begin;
    }
    product.c = args.c + static_cast<ptrdiff_t>(row) * args.c_stride + block.col_begin;
    run(product);
  }
}

void RunBlock(const GemmArgs& args, const Block& block) {
  Packs& packs = ThreadPacks();
  for (int col = block.col_begin; col < block.col_end; col += kBlockCols) {
    const Block part = {block.row_begin, block.row_end, col, std::min(block.col_end, col + kBlockCols)};
    for (int k = 0; k < args.k; k += kBlockDepth) {
      const int k_end = std::min(args.k, k + kBlockDepth);
      PackB(args, part.col_begin, part.col_end - part.col_begin, k, k_end, packs.b);
      RunDepth(args, part, k, k_end, packs);
    }
  }
}

void Clear(const GemmArgs& args) {
  for (ptrdiff_t row = 0; row < args.m; ++row) std::fill_n(args.c + row * args.c_stride, args.n, 0.0f);
}

}  // namespace

void Gemm(const GemmArgs& args, ThreadPool* pool) {
  if (args.k == 0) {
    if (!args.accumulate) Clear(args);
    return;
  }
  if (static_cast<int64_t>(args.m) * args.n * args.k < kSmallProduct) pool = nullptr;
  if (args.m >= args.n) {
    ParallelFor(pool, args.m, kRowsPerStrip, [&](int64_t begin, int64_t end) {
      RunBlock(args, {static_cast<int>(begin), static_cast<int>(end), 0, args.n});
    });
  } else {
    ParallelFor(pool, args.n, kPanel, [&](int64_t begin, int64_t end) {
      RunBlock(args, {0, args.m, static_cast<int>(begin), static_cast<int>(end)});
    });
  }
}

}  // namespace rubato
