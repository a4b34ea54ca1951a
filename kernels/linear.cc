#include "kernels/linear.h"

#include <algorithm>

#include "kernels/panel_product.h"

namespace rubato {
namespace {

// Below this many multiply-adds waking a thread costs more than it saves.
constexpr int64_t kSmallProduct = 1 << 20;
// Inputs that a block of weights takes: 12 rows of x of that length stay in the first-level cache.
constexpr int kBlockInputs = 512;
// Panels of a block of weights: together they stay in the second-level cache while all rows pass by.
constexpr int64_t kBlockFloats = 128 * 1024;

struct Block {
  int64_t row_begin, row_end;
  int64_t panel_begin, panel_end;
};

// Weights are read once, block by block; blocks of inputs go on with the same chains.
void RunBlock(const LinearArgs& args, const PackedMatrix& w, const Block& block) {
  const bool one_tile = block.row_end - block.row_begin <= kRowsPerStrip;
  const int depths = one_tile ? 1 : std::max(1, (w.inputs() + kBlockInputs - 1) / kBlockInputs);
  const int64_t depth = (w.inputs() + depths - 1) / depths;
  const int64_t panel_step =
      std::max<int64_t>(4, kBlockFloats / (std::max<int64_t>(1, depth) * PackedMatrix::kPanel));
  const auto run = RUBATO_FOR_ACTIVE_ISA(PanelProduct);
  PanelProductArgs product = {};
  product.rows = static_cast<int>(block.row_end - block.row_begin);
  product.a_layout = ProductLayout::kRows;
  product.a_stride = args.x_stride;
  product.b_stride = static_cast<ptrdiff_t>(w.inputs()) * PackedMatrix::kPanel;
  product.c_stride = args.y_stride;
  for (int64_t panel = block.panel_begin; panel < block.panel_end; panel += panel_step) {
    const int64_t col = panel * PackedMatrix::kPanel;
    const int64_t col_end = std::min(panel + panel_step, block.panel_end) * PackedMatrix::kPanel;
    product.cols = static_cast<int>(std::min<int64_t>(col_end, w.outputs()) - col);
    product.bias = args.bias == nullptr ? nullptr : args.bias + col;
    product.c = args.y + block.row_begin * args.y_stride + col;
    for (int i = 0; i < depths; ++i) {
      const int64_t input = i * depth;
      const bool last = i + 1 == depths;
      product.k = static_cast<int>(std::min(depth, w.inputs() - input));
      product.a = args.x + block.row_begin * args.x_stride + input;
      product.b = w.panel(static_cast<int>(panel)) + input * PackedMatrix::kPanel;
      product.resume = i > 0;
      product.sink = last && args.bias != nullptr ? ProductSink::kStoreBias : ProductSink::kStore;
      run(product);
    }
  }
}

}  // namespace

void Linear(const LinearArgs& args, const PackedMatrix& w, ThreadPool* pool) {
  const int64_t rows = args.rows;
  if (rows * w.outputs() * w.inputs() < kSmallProduct) pool = nullptr;
  const int threads = pool == nullptr ? 1 : pool->threads();
  // Every thread reads all of the other operand: let it be the smaller one, if there is enough to split.
  const bool few_panels = w.panels() < 4 * threads && rows >= kRowsPerStrip * threads;
  if (rows >= w.outputs() || few_panels) {
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
