#include "kernels/linear.h"

#include <algorithm>

#include "kernels/panel_product.h"

namespace rubato {
namespace {

// Below this many multiply-adds waking a thread costs more than it saves.
constexpr int64_t kSmallProduct = 1 << 20;
// Blocks of rows and of panels that stay in the second-level cache together.
constexpr int64_t kBlockFloats = 48 * 1024;

struct Block {
  int64_t row_begin, row_end;
  int64_t panel_begin, panel_end;
};

void RunBlock(const LinearArgs& args, const PackedMatrix& w, const Block& block) {
  const int64_t inputs = std::max(1, w.inputs());
  const int64_t row_step = std::max<int64_t>(kRowsPerStrip, kBlockFloats / inputs);
  const int64_t panel_step = std::max<int64_t>(4, kBlockFloats / (inputs * PackedMatrix::kPanel));
  const auto run = RUBATO_FOR_ACTIVE_ISA(PanelProduct);
  PanelProductArgs product = {};
  product.k = w.inputs();
  product.a_layout = ProductLayout::kRows;
  product.a_stride = args.x_stride;
  product.b_stride = inputs * PackedMatrix::kPanel;
  product.sink = args.bias == nullptr ? ProductSink::kStore : ProductSink::kStoreBias;
  product.c_stride = args.y_stride;
  for (int64_t row = block.row_begin; row < block.row_end; row += row_step) {
    product.rows = static_cast<int>(std::min(row_step, block.row_end - row));
    product.a = args.x + row * args.x_stride;
    for (int64_t panel = block.panel_begin; panel < block.panel_end; panel += panel_step) {
      const int64_t col = panel * PackedMatrix::kPanel;
      const int64_t col_end = std::min(panel + panel_step, block.panel_end) * PackedMatrix::kPanel;
      product.cols = static_cast<int>(std::min<int64_t>(col_end, w.outputs()) - col);
      product.b = w.panel(static_cast<int>(panel));
      product.bias = args.bias == nullptr ? nullptr : args.bias + col;
      product.c = args.y + row * args.y_stride + col;
      run(product);
    }
  }
}

}  // namespace

void Linear(const LinearArgs& args, const PackedMatrix& w, ThreadPool* pool) {
  const int64_t rows = args.rows;
  if (rows * w.outputs() * w.inputs() < kSmallProduct) pool = nullptr;
  const int threads = pool == nullptr ? 1 : pool->threads();
  if (rows >= w.panels() || rows >= kRowsPerStrip * threads) {
    ParallelFor(pool, rows, kRowsPerStrip, [&](int64_t begin, int64_t end) {
      RunBlock(args, w, {begin, end, 0, w.panels()});
    });
  } else {
    ParallelFor(pool, w.panels(), 1, [&](int64_t begin, int64_t end) {
      RunBlock(args, w, {0, rows, begin, end});
    });
  }
}

void Linear(const float* x, int rows, const PackedMatrix& w, float* y, ThreadPool* pool) {
  Linear({.x = x, .rows = rows, .x_stride = w.inputs(), .y = y, .y_stride = w.outputs()}, w, pool);
}

}  // namespace rubato
