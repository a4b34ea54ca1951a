#pragma once

// General matrix product in fp32 for the backward pass: C = op(A) op(B), or C += op(A) op(B).
//
// Numerics: k is cut into blocks of 256; each block is one chain of fused multiply-adds from 0, and the
// blocks are added to C in ascending order (the first one replaces C, or is added to it when accumulating).
// The bits depend on the operands alone: not on threads, instruction set, or the other rows and columns.  Not
// the order of Linear().

#include "kernels/parallel.h"

namespace rubato {

// Row-major; strides in floats.  A is [m, k], transposed [k, m]; B is [k, n], transposed [n, k].
struct GemmArgs {
  int m = 0;
  int n = 0;
  int k = 0;
  const float* a = nullptr;
  int a_stride = 0;
  bool transpose_a = false;
  const float* b = nullptr;
  int b_stride = 0;
  bool transpose_b = false;
  float* c = nullptr;  // [m, n]; overlaps neither a nor b
  int c_stride = 0;
  bool accumulate = false;
};

// Threads split rows or columns of C, never k.  Weight gradient of y = x W^T: dW[n, k] += dy^T x; input
// gradient: dx = dy W.
void Gemm(const GemmArgs& args, ThreadPool* pool = nullptr);

}  // namespace rubato
