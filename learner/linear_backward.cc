#include "learner/linear_backward.h"

#include "kernels/gemm.h"

namespace rubato {
namespace {

void WeightGradient(const LinearBackwardArgs& args) {
  GemmArgs gemm;
  gemm.m = args.outputs;
  gemm.n = args.inputs;
  gemm.k = args.rows;
  gemm.a = args.dy;
  gemm.a_stride = args.dy_stride;
  gemm.transpose_a = true;
  gemm.b = args.x;
  gemm.b_stride = args.x_stride;
  gemm.c = args.dw;
  gemm.c_stride = args.inputs;
  gemm.accumulate = true;
  Gemm(gemm);
}

void InputGradient(const LinearBackwardArgs& args) {
  GemmArgs gemm;
  gemm.m = args.rows;
  gemm.n = args.inputs;
  gemm.k = args.outputs;
  gemm.a = args.dy;
  gemm.a_stride = args.dy_stride;
  gemm.b = args.w;
  gemm.b_stride = args.inputs;
  gemm.c = args.dx;
  gemm.c_stride = args.inputs;
  gemm.accumulate = args.add_to_dx;
  Gemm(gemm);
}

void BiasGradient(const LinearBackwardArgs& args) {
  for (int row = 0; row < args.rows; ++row) {
    const float* dy = args.dy + static_cast<int64_t>(row) * args.dy_stride;
    for (int i = 0; i < args.outputs; ++i) args.dbias[i] += dy[i];
  }
}

}  // namespace

void LinearBackward(const LinearBackwardArgs& args) {
  WeightGradient(args);
  InputGradient(args);
  if (args.dbias != nullptr) BiasGradient(args);
}

}  // namespace rubato
