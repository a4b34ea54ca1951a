// The gradient of y = x W^T for rows that lie at any stride.  Pure arithmetic on the caller's thread.
#pragma once

namespace rubato {

// dy [rows, outputs], x [rows, inputs], w [outputs, inputs] row-major.  Strides in floats.
struct LinearBackwardArgs {
  int rows = 0;
  int outputs = 0;
  int inputs = 0;
  const float* dy = nullptr;
  int dy_stride = 0;
  const float* x = nullptr;
  int x_stride = 0;
  const float* w = nullptr;
  float* dx = nullptr;  // [rows, inputs] contiguous
  bool add_to_dx = false;
  float* dw = nullptr;     // [outputs, inputs], added to
  float* dbias = nullptr;  // [outputs], added to in ascending row order; or null
};

// dw += dy^T x, dx = dy W (or += if add_to_dx), dbias += column sums of dy.
void LinearBackward(const LinearBackwardArgs& args);

}  // namespace rubato
