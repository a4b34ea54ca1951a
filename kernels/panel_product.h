#pragma once

// The matrix kernel below Linear() and Gemm(): C = A B for a block of rows and packed panels of B.
// Private to kernels/.

#include <cstddef>

#include "kernels/dispatch.h"

namespace rubato {

// Rows of A that lie side by side in strips.
constexpr int kRowsPerStrip = 12;

enum class ProductLayout {
  kRows,     // element (r, k) at a[r * a_stride + k]
  kColumns,  // element (r, k) at a[k * a_stride + r]
  kStrips,   // strips of 12 rows, [k][12] each, one after another
};

// What becomes of the chain of fused multiply-adds over k.
enum class ProductSink {
  kStore,      // C = chain
  kStoreBias,  // C = chain + bias
  kAdd,        // C = C + chain
};

struct PanelProductArgs {
  int rows;
  int cols;
  int k;
  const float* a;
  ptrdiff_t a_stride;
  ProductLayout a_layout;
  // Panels of 32 columns, [k][32] each, b_stride floats apart, filled up to 32.
  const float* b;
  ptrdiff_t b_stride;
  const float* bias;
  ProductSink sink;
  bool resume = false;  // the chain starts from C, where an earlier block of k left it, and not from 0
  float* c;
  ptrdiff_t c_stride;
};

RUBATO_DECLARE_FOR_ISAS(void PanelProduct(const PanelProductArgs& args);)

}  // namespace rubato
