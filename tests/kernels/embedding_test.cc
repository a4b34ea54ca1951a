#include "kernels/embedding.h"

#include "kernels/add.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

TEST(GatherEmbedding, CopiesTheRowsOfItsIds) {
  const std::vector<float> table = {0, 1, 2, 10, 11, 12, 20, 21, 22};
  const std::vector<int32_t> ids = {2, 0, 2};
  std::vector<float> out(9);
  GatherEmbedding(table.data(), 3, ids.data(), 3, out.data());
  EXPECT_EQ(out, (std::vector<float>{20, 21, 22, 0, 1, 2, 20, 21, 22}));
}

TEST(ScatterAddEmbedding, AddsUpRepeatedIds) {
  const std::vector<float> dout = {1, 2, 4, 8, 16, 32};
  const std::vector<int32_t> ids = {1, 0, 1};
  std::vector<float> dtable = {100, 100, 100, 100, 100, 100};
  ScatterAddEmbedding(dout.data(), 2, ids.data(), 3, dtable.data());
  EXPECT_EQ(dtable, (std::vector<float>{104, 108, 117, 134, 100, 100}));
}

TEST(AddTo, AddsElementwise) {
  const std::vector<float> x = Normals(1, 37);
  const std::vector<float> before = Normals(2, 37);
  std::vector<float> y = before;
  AddTo(x.data(), x.size(), y.data());
  for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], before[i] + x[i]);
}

}  // namespace
}  // namespace rubato
