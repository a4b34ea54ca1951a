#include "kernels/gemm.h"

#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

struct Problem {
  int m, n, k;
  bool transpose_a, transpose_b;
};

std::vector<Problem> Problems() {
  std::vector<Problem> problems;
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1},
                                {5, 7, 3},
                                {12, 32, 256},
                                {13, 33, 257},
                                {96, 40, 300},
                                {200, 300, 520},
                                {25, 96, 1000}}) {
    for (bool a : {false, true}) {
      for (bool b : {false, true}) problems.push_back({m, n, k, a, b});
    }
  }
  return problems;
}

// Operands with gaps between their rows, and C before the product.
struct Operands {
  explicit Operands(const Problem& p)
      : problem(p),
        a_stride((p.transpose_a ? p.m : p.k) + 3),
        b_stride((p.transpose_b ? p.k : p.n) + 2),
        c_stride(p.n + 1),
        a(Normals(1, Size(p.transpose_a ? p.k : p.m, a_stride))),
        b(Normals(2, Size(p.transpose_b ? p.n : p.k, b_stride))),
        c(Normals(3, Size(p.m, c_stride))) {}

  static size_t Size(int rows, int stride) { return static_cast<size_t>(rows) * static_cast<size_t>(stride); }

  std::vector<float> Multiply(bool accumulate, ThreadPool* pool = nullptr) const {
    std::vector<float> result = c;
    Gemm({.m = problem.m,
          .n = problem.n,
          .k = problem.k,
          .a = a.data(),
          .a_stride = a_stride,
          .transpose_a = problem.transpose_a,
          .b = b.data(),
          .b_stride = b_stride,
          .transpose_b = problem.transpose_b,
          .c = result.data(),
          .c_stride = c_stride,
          .accumulate = accumulate},
         pool);
    return result;
  }

  // Element (i, j) of the product.
  double Product(int i, int j) const {
    double sum = 0;
    for (int k = 0; k < problem.k; ++k) {
      const int at_a = problem.transpose_a ? k * a_stride + i : i * a_stride + k;
      const int at_b = problem.transpose_b ? j * b_stride + k : k * b_stride + j;
      sum += static_cast<double>(a[static_cast<size_t>(at_a)]) * b[static_cast<size_t>(at_b)];
    }
    return sum;
  }

  Problem problem;
  int a_stride, b_stride, c_stride;
  std::vector<float> a, b, c;
};

TEST(Gemm, MatchesTheReferenceAndKeepsTheGaps) {
  for (const Problem& p : Problems()) {
    const Operands operands(p);
    for (bool accumulate : {false, true}) {
      std::vector<double> expected = ToDouble(operands.c);
      for (int i = 0; i < p.m; ++i) {
        for (int j = 0; j < p.n; ++j) {
          double& c = expected[static_cast<size_t>(i * operands.c_stride + j)];
          c = operands.Product(i, j) + (accumulate ? c : 0.0);
        }
      }
      const std::vector<float> result = SameOnEveryIsa([&] { return operands.Multiply(accumulate); });
      EXPECT_TRUE(AllClose(result, expected, kGradientTolerance))
          << p.m << " x " << p.n << " x " << p.k << " transposed " << p.transpose_a << p.transpose_b;
    }
  }
}

TEST(Gemm, GivesTheSameBitsOnAnyNumberOfThreads) {
  ThreadPool two(2);
  ThreadPool three(3);
  for (const Problem& p : {Problem{700, 90, 300, true, false}, Problem{60, 600, 300, false, false},
                           Problem{500, 130, 40, false, true}}) {
    const Operands operands(p);
    const std::vector<float> alone = operands.Multiply(true);
    EXPECT_TRUE(SameBits(operands.Multiply(true, &two), alone));
    EXPECT_TRUE(SameBits(operands.Multiply(true, &three), alone));
  }
}

TEST(Gemm, GivesTheSameBitsWhicheverWayOperandsLie) {
  Operands straight({40, 50, 300, false, false});
  Operands turned({40, 50, 300, true, true});
  for (int k = 0; k < 300; ++k) {
    for (int i = 0; i < 40; ++i) {
      turned.a[static_cast<size_t>(k * turned.a_stride + i)] =
          straight.a[static_cast<size_t>(i * straight.a_stride + k)];
    }
    for (int j = 0; j < 50; ++j) {
      turned.b[static_cast<size_t>(j * turned.b_stride + k)] =
          straight.b[static_cast<size_t>(k * straight.b_stride + j)];
    }
  }
  EXPECT_TRUE(SameBits(straight.Multiply(false), turned.Multiply(false)));
}

TEST(Gemm, OverNothingIsZero) {
  Operands operands({3, 4, 0, false, false});
  EXPECT_TRUE(SameBits(operands.Multiply(true), operands.c));
  const std::vector<float> cleared = operands.Multiply(false);
  for (size_t i = 0; i < cleared.size(); ++i) EXPECT_EQ(cleared[i], i % 5 == 4 ? operands.c[i] : 0.0f);
}

}  // namespace
}  // namespace rubato
