#pragma once

// The linear layer, y = x W^T + bias, in fp32.
//
// Numerics: each output is one chain of fused multiply-adds over the inputs in ascending order, starting from
// 0; the bias is added to the finished sum.  A row's bits therefore depend on nothing but that row, the
// weights and the bias: not on the number of rows, the instruction set or the threads.

#include "kernels/packed_matrix.h"
#include "kernels/parallel.h"

namespace rubato {

// Shapes: x [rows, w.inputs()], rows `x_stride` floats apart; y [rows, w.outputs()], rows `y_stride` floats
// apart; bias [w.outputs()] or null.  y must not overlap x.  Strides are in floats and may exceed the row.
struct LinearArgs {
  const float* x = nullptr;
  int rows = 0;
  int x_stride = 0;
  const float* bias = nullptr;
  float* y = nullptr;
  int y_stride = 0;
};

// Threads split rows, or outputs where rows are few; never inputs.
void Linear(const LinearArgs& args, const PackedMatrix& w, ThreadPool* pool = nullptr);

// Contiguous rows, no bias.
void Linear(const float* x, int rows, const PackedMatrix& w, float* y, ThreadPool* pool = nullptr);

}  // namespace rubato
