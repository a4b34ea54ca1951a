#pragma once

#include <cstddef>

#include "kernels/dispatch.h"

// Private to kernels/: the parts of attention_backward.h that are not matrix products, per instruction set.

namespace rubato {

// A block of the attention map: rows by keys, each row `stride` floats, a multiple of 16.
struct AttentionGradientBlock {
  int rows;
  int keys;
  ptrdiff_t stride;
  int first_row;  // position of row 0, minus that of key 0: row r sees keys <= first_row + r
  float scale;
  const float* lse;  // per row, `lse_stride` apart
  ptrdiff_t lse_stride;
  const float* delta;  // per row: sum of dout * out
  float* scores;       // in: q . k; out: probabilities p, zero for keys that the row does not see
  float* gradients;    // in: dout . v; out: p * (dout . v - delta) * scale
};

RUBATO_DECLARE_FOR_ISAS(void AttentionGradients(const AttentionGradientBlock& block);
                        float DotProduct(const float* a, const float* b, int count);)

}  // namespace rubato
