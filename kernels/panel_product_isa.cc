#include "kernels/panel_product.h"
#include "kernels/simd.h"

// Register tiles: kRows x (kStrips strips of kStripVecs vectors) accumulators.  Few rows take several strips,
// so that enough chains are in flight to hide the latency of a multiply-add.

namespace rubato::RUBATO_ISA {
namespace {

constexpr int kPanel = 32;
// AVX-512 has 32 registers, AVX2 16; the scalar text has no reason to block.
constexpr int kStripVecs = kLanes == 1 ? 4 : 2;
constexpr int kStripCols = kStripVecs * kLanes;
constexpr int kVecsPerLine = kLanes == 1 ? 4 : 16 / kLanes;
constexpr ptrdiff_t kPrefetch = 64 * kPanel;  // floats ahead, across panels, which lie one after another
constexpr int kMaxRows = kLanes == 16 ? 12 : kLanes == 8 ? 6 : 1;

template <int kRows>
constexpr int StripsFor() {
  if (kLanes == 1) return 1;
  constexpr int kMaxAccumulators = kLanes == 16 ? 16 : 8;
  return kRows * kStripVecs * 4 <= kMaxAccumulators ? 4 : kRows * kStripVecs * 2 <= kMaxAccumulators ? 2 : 1;
}

struct Tile {
  const float* a;
  ptrdiff_t step;  // between rows of A, or between its columns where rows lie side by side
  const float* b[4];
  int cols[4];  // valid columns of each strip
  int col[4];   // first column of each strip
  float* c;
};

RUBATO_INLINE int Clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

template <bool kWhole>
RUBATO_INLINE Vec LoadLanes(const float* p, int n) {
  return kWhole ? Load(p) : LoadPartial(p, n);
}

// kWhole: all strips are full, as all but the last are.
template <bool kWhole, int kRows, int kStrips>
RUBATO_INLINE void StoreTile(const PanelProductArgs& args, const Tile& tile,
                             const Vec (&sum)[kRows][kStrips][kStripVecs]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) {
      float* const out = tile.c + r * args.c_stride + tile.col[s];
#pragma GCC unroll 4
      for (int v = 0; v < kStripVecs; ++v) {
        const int n = Clamp(tile.cols[s] - v * kLanes, 0, kLanes);
        float* const to = out + v * kLanes;
        Vec value = sum[r][s][v];
        if (args.sink == ProductSink::kStoreBias) {
          value = value + LoadLanes<kWhole>(args.bias + tile.col[s] + v * kLanes, n);
        } else if (args.sink == ProductSink::kAdd) {
          value = LoadLanes<kWhole>(to, n) + value;
        }
        if constexpr (kWhole) {
          Store(value, to);
        } else {
          StorePartial(value, to, n);
        }
      }
    }
  }
}

template <bool kWhole, int kRows, int kStrips>
RUBATO_INLINE void LoadTile(const PanelProductArgs& args, const Tile& tile,
                            Vec (&sum)[kRows][kStrips][kStripVecs]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) {
      const float* const from = tile.c + r * args.c_stride + tile.col[s];
#pragma GCC unroll 4
      for (int v = 0; v < kStripVecs; ++v) {
        sum[r][s][v] = LoadLanes<kWhole>(from + v * kLanes, Clamp(tile.cols[s] - v * kLanes, 0, kLanes));
      }
    }
  }
}

template <int kRows, int kStrips, bool kByColumns>
void RunTile(const PanelProductArgs& args, const Tile& tile) {
  Vec sum[kRows][kStrips][kStripVecs];
  if (args.resume) {
    if (tile.cols[kStrips - 1] == kStripCols) {
      LoadTile<true>(args, tile, sum);
    } else {
      LoadTile<false>(args, tile, sum);
    }
  } else {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int s = 0; s < kStrips; ++s) {
#pragma GCC unroll 4
        for (int v = 0; v < kStripVecs; ++v) sum[r][s][v] = Set(0.0f);
      }
    }
  }
  // Three rows share a pointer: x86 addresses base, base + step and base + 2 step for free.
  const ptrdiff_t row_step = kByColumns ? 1 : tile.step;
  const ptrdiff_t k_step = kByColumns ? tile.step : 1;
  constexpr int kGroups = (kRows + 2) / 3;
  const float* a[kGroups];
#pragma GCC unroll 4
  for (int g = 0; g < kGroups; ++g) a[g] = tile.a + 3 * g * row_step;
  const float* b[kStrips];
#pragma GCC unroll 4
  for (int s = 0; s < kStrips; ++s) b[s] = tile.b[s];

  for (int k = args.k; k > 0; --k) {
    Vec w[kStrips][kStripVecs];
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) {
#pragma GCC unroll 4
      for (int v = 0; v < kStripVecs; ++v) w[s][v] = Load(b[s] + v * kLanes);
      // One strip at a time is read faster than the processor prefetches by itself.
      if constexpr (kStrips == 1) {
        for (int v = 0; v < kStripVecs; v += kVecsPerLine) __builtin_prefetch(b[s] + kPrefetch + v * kLanes);
      }
      b[s] += kPanel;
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Vec x = Set(a[r / 3][(r % 3) * row_step]);
#pragma GCC unroll 4
      for (int s = 0; s < kStrips; ++s) {
#pragma GCC unroll 4
        for (int v = 0; v < kStripVecs; ++v) sum[r][s][v] = Fma(x, w[s][v], sum[r][s][v]);
      }
    }
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) a[g] += k_step;
  }
  if (tile.cols[kStrips - 1] == kStripCols) {
    StoreTile<true>(args, tile, sum);
  } else {
    StoreTile<false>(args, tile, sum);
  }
}

// One tile of kRows rows over all columns.
template <int kRows, bool kByColumns>
void RunRows(const PanelProductArgs& args, Tile tile) {
  constexpr int kStrips = StripsFor<kRows>();
  const int strips = (args.cols + kStripCols - 1) / kStripCols;
  int strip = 0;
  const auto aim = [&](int slot, int index) {
    const int col = index * kStripCols;
    tile.b[slot] = args.b + col / kPanel * args.b_stride + col % kPanel;
    tile.col[slot] = col;
    tile.cols[slot] = Clamp(args.cols - col, 0, kStripCols);
  };
  for (; strip + kStrips <= strips; strip += kStrips) {
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) aim(s, strip + s);
    RunTile<kRows, kStrips, kByColumns>(args, tile);
  }
  for (; strip < strips; ++strip) {
    aim(0, strip);
    RunTile<kRows, 1, kByColumns>(args, tile);
  }
}

template <bool kByColumns>
void RunHeight(const PanelProductArgs& args, const Tile& tile, int rows) {
  switch (rows) {
#define RUBATO_HEIGHT(n)                                             \
  case n:                                                            \
    if constexpr (n <= kMaxRows) RunRows<n, kByColumns>(args, tile); \
    break;
    RUBATO_HEIGHT(1)
    RUBATO_HEIGHT(2)
    RUBATO_HEIGHT(3)
    RUBATO_HEIGHT(4)
    RUBATO_HEIGHT(5)
    RUBATO_HEIGHT(6)
    RUBATO_HEIGHT(7)
    RUBATO_HEIGHT(8)
    RUBATO_HEIGHT(9)
    RUBATO_HEIGHT(10)
    RUBATO_HEIGHT(11)
    RUBATO_HEIGHT(12)
#undef RUBATO_HEIGHT
  }
}

}  // namespace

void PanelProduct(const PanelProductArgs& args) {
  if (args.rows <= 0) return;
  // Tiles of nearly equal height: 13 rows are 7 and 6, not 12 and 1.  Strips fix the height.
  const int tiles = (args.rows + kMaxRows - 1) / kMaxRows;
  int row = 0;
  for (int i = 0; i < tiles; ++i) {
    int next = static_cast<int>(static_cast<int64_t>(args.rows) * (i + 1) / tiles);
    Tile tile;
    tile.c = args.c + row * args.c_stride;
    switch (args.a_layout) {
      case ProductLayout::kRows:
        tile.a = args.a + row * args.a_stride;
        tile.step = args.a_stride;
        RunHeight<false>(args, tile, next - row);
        break;
      case ProductLayout::kColumns:
        tile.a = args.a + row;
        tile.step = args.a_stride;
        RunHeight<true>(args, tile, next - row);
        break;
      case ProductLayout::kStrips:
        next = Clamp(row + kMaxRows, 0, args.rows);
        tile.a = args.a + row / kRowsPerStrip * static_cast<ptrdiff_t>(kRowsPerStrip) * args.k +
                 row % kRowsPerStrip;
        tile.step = kRowsPerStrip;
        RunHeight<true>(args, tile, next - row);
        break;
    }
    row = next;
  }
}

}  // namespace rubato::RUBATO_ISA
