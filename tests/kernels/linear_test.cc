#include "kernels/linear.h"

#include "kernels/linear_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

struct Layer {
  Layer(int outputs, int inputs)
      : weights(Normals(1, static_cast<size_t>(outputs) * static_cast<size_t>(inputs))),
        bias(Normals(2, static_cast<size_t>(outputs))),
        packed(outputs, inputs) {
    packed.Pack(weights.data());
  }

  std::vector<float> Apply(std::span<const float> x, ThreadPool* pool = nullptr) const {
    const int rows = static_cast<int>(x.size()) / packed.inputs();
    std::vector<float> y(static_cast<size_t>(rows) * bias.size());
    Linear(x.data(), rows, packed, y.data(), pool);
    return y;
  }

  std::vector<float> weights;
  std::vector<float> bias;
  PackedMatrix packed;
};

constexpr int kSizes[][2] = {{1, 1}, {3, 5}, {31, 17}, {32, 96}, {33, 64}, {96, 256}, {100, 96}, {257, 33}};

TEST(Linear, MatchesTheReference) {
  for (const auto& [outputs, inputs] : kSizes) {
    const Layer layer(outputs, inputs);
    const int rows = 7;
    const std::vector<float> x = Normals(3, static_cast<size_t>(rows * inputs));
    std::vector<double> expected(static_cast<size_t>(rows * outputs));
    LinearRef(ToDouble(x).data(), rows, inputs, ToDouble(layer.weights).data(), outputs,
              ToDouble(layer.bias).data(), expected.data());
    const std::vector<float> y = SameOnEveryIsa([&] {
      std::vector<float> y(expected.size());
      Linear({.x = x.data(),
              .rows = rows,
              .x_stride = inputs,
              .bias = layer.bias.data(),
              .y = y.data(),
              .y_stride = outputs},
             layer.packed);
      return y;
    });
    EXPECT_TRUE(AllClose(y, expected)) << outputs << " x " << inputs;
  }
}

// The contract itself: one chain over k, ascending, from 0.
TEST(Linear, IsOneFusedChainOverInputs) {
  for (const auto& [outputs, inputs] : kSizes) {
    const Layer layer(outputs, inputs);
    for (int rows : {1, 4, 12, 13}) {
      const std::vector<float> x = Normals(4, static_cast<size_t>(rows * inputs));
      std::vector<float> expected;
      for (int r = 0; r < rows; ++r) {
        for (int o = 0; o < outputs; ++o) {
          float sum = 0;
          for (int k = 0; k < inputs; ++k) {
            sum = std::fma(x[static_cast<size_t>(r * inputs + k)],
                           layer.weights[static_cast<size_t>(o * inputs + k)], sum);
          }
          expected.push_back(sum);
        }
      }
      EXPECT_TRUE(SameBits(SameOnEveryIsa([&] { return layer.Apply(x); }), expected));
    }
  }
}

TEST(Linear, GivesARowTheSameBitsAmongAnyNumberOfRows) {
  const int most = 64;
  for (const auto& [outputs, inputs] : kSizes) {
    const Layer layer(outputs, inputs);
    const std::vector<float> x = Normals(5, static_cast<size_t>(most * inputs));
    const std::vector<float> all = SameOnEveryIsa([&] { return layer.Apply(x); });
    for (int rows : {1, 2, 3, 7, 8, 9, 16, 33, 64}) {
      const std::span<const float> some = std::span(x).first(static_cast<size_t>(rows * inputs));
      const std::vector<float> y = SameOnEveryIsa([&] { return layer.Apply(some); });
      EXPECT_TRUE(SameBits(y, std::span(all).first(y.size())))
          << rows << " rows, " << outputs << " x " << inputs;
    }
  }
}

TEST(Linear, GivesTheSameBitsOnAnyNumberOfThreads) {
  ThreadPool pool(2);
  ThreadPool more(3);
  const Layer layer(300, 257);
  for (int rows : {1, 5, 14, 40, 600}) {
    const std::vector<float> x = Normals(6, static_cast<size_t>(rows * 257));
    const std::vector<float> alone = layer.Apply(x);
    EXPECT_TRUE(SameBits(layer.Apply(x, &pool), alone));
    EXPECT_TRUE(SameBits(layer.Apply(x, &more), alone));
  }
}

TEST(Linear, CutsLargeProductsIntoBlocksWithoutATrace) {
  const int inputs = 1100, outputs = 700, rows = 60;  // several blocks of inputs and of panels
  const Layer layer(outputs, inputs);
  const std::vector<float> x = Normals(7, static_cast<size_t>(rows * inputs));
  std::vector<float> y(static_cast<size_t>(rows * outputs));
  Linear({.x = x.data(),
          .rows = rows,
          .x_stride = inputs,
          .bias = layer.bias.data(),
          .y = y.data(),
          .y_stride = outputs},
         layer.packed);
  for (int row : {0, 43, 44, 59}) {
    for (int output = 0; output < outputs; ++output) {
      const float* const input = &x[static_cast<size_t>(row * inputs)];
      const float* const weights = &layer.weights[static_cast<size_t>(output * inputs)];
      float sum = 0;
      for (int k = 0; k < inputs; ++k) sum = std::fma(input[k], weights[k], sum);
      const float expected = sum + layer.bias[static_cast<size_t>(output)];
      ASSERT_EQ(y[static_cast<size_t>(row * outputs + output)], expected) << row << ", " << output;
    }
  }
}

TEST(Linear, LeavesWhatLiesBetweenRowsAlone) {
  const Layer layer(35, 20);
  const std::vector<float> x = Normals(8, 3 * 29);
  for (Isa isa : SupportedIsas()) {
    const ScopedIsa scoped(isa);
    std::vector<float> y(3 * 40, 7.0f);
    Linear({.x = x.data(), .rows = 3, .x_stride = 29, .y = y.data(), .y_stride = 40}, layer.packed);
    for (size_t row = 0; row < 3; ++row) {
      EXPECT_TRUE(
          SameBits(std::span(y).subspan(row * 40, 35), layer.Apply(std::span(x).subspan(row * 29, 20))));
      for (size_t i = 35; i < 40; ++i) EXPECT_EQ(y[row * 40 + i], 7.0f);
    }
  }
}

TEST(PackedMatrix, JoinsMatricesThatReadTheSameInput) {
  const Layer first(40, 20);
  const Layer second(13, 20);
  PackedMatrix both(53, 20);
  both.Pack(first.weights.data(), 0, 40);
  both.Pack(second.weights.data(), 40, 13);
  const std::vector<float> x = Normals(9, 20);
  std::vector<float> y(53);
  Linear(x.data(), 1, both, y.data());
  EXPECT_TRUE(SameBits(std::span(y).first(40), first.Apply(x)));
  EXPECT_TRUE(SameBits(std::span(y).subspan(40), second.Apply(x)));
}

TEST(Linear, OfNoRowsDoesNothing) {
  const Layer layer(4, 4);
  EXPECT_TRUE(layer.Apply({}).empty());
}

}  // namespace
}  // namespace rubato
