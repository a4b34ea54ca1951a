// Linear() against LibTorch's matrix product (MKL), one thread each, on the shapes of models of 0.67M, 28M
// and 494M parameters.
//
//   bazel run //tests/bench/kernels:linear_bench

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <cmath>
#include <cstdlib>

#include "kernels/isa.h"
#include "kernels/linear.h"
#include "tests/bench/side_by_side.h"

namespace rubato {
namespace {

struct Shape {
  int outputs, inputs;
};

std::vector<float> Wave(int64_t count, float step) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i) * step);
  return values;
}

void Compare(const Shape& shape, int rows) {
  std::vector<float> x = Wave(int64_t{rows} * shape.inputs, 0.37f);
  std::vector<float> w = Wave(int64_t{shape.outputs} * shape.inputs, 0.11f);
  std::vector<float> ours(static_cast<size_t>(rows) * static_cast<size_t>(shape.outputs));
  std::vector<float> theirs(ours.size());
  PackedMatrix packed(shape.outputs, shape.inputs);
  packed.Pack(w.data());
  const at::Tensor x_tensor = at::from_blob(x.data(), {rows, shape.inputs});
  const at::Tensor w_tensor = at::from_blob(w.data(), {shape.outputs, shape.inputs}).t();
  at::Tensor y_tensor = at::from_blob(theirs.data(), {rows, shape.outputs});

  const auto timings = TimeInTurns([&] { Linear(x.data(), rows, packed, ours.data()); },
                                   [&] { at::mm_out(y_tensor, x_tensor, w_tensor); });
  for (size_t i = 0; i < ours.size(); ++i) {
    if (std::abs(ours[i] - theirs[i]) > 1e-3f + 1e-5f * std::abs(theirs[i])) {
      std::printf("the two differ at %zu: %g and %g\n", i, ours[i], theirs[i]);
      std::exit(1);
    }
  }
  const double gigaflops = 2e-9 * rows * shape.outputs * shape.inputs / timings.first.median();
  PrintRatio(std::to_string(rows) + " x " + std::to_string(shape.inputs) + " -> " +
                 std::to_string(shape.outputs) + "  " + std::to_string(static_cast<int>(gigaflops)) + " GF/s",
             timings);
}

}  // namespace
}  // namespace rubato

int main() {
  at::set_num_threads(1);
  std::printf("one thread, %s; ours, LibTorch\n", rubato::IsaName(rubato::ActiveIsa()));
  for (const rubato::Shape& shape : {rubato::Shape{256, 96}, rubato::Shape{512, 96}, rubato::Shape{96, 256},
                                     rubato::Shape{1536, 512}, rubato::Shape{512, 1536}}) {
    for (int rows : {1, 4, 16, 64, 1024}) rubato::Compare(shape, rows);
  }
  for (const rubato::Shape& shape :
       {rubato::Shape{9728, 896}, rubato::Shape{896, 4864}, rubato::Shape{151936, 896}}) {
    for (int rows : {1, 8, 48, 256}) rubato::Compare(shape, rows);
  }
}
