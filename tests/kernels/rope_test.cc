#include "kernels/rope.h"

#include "kernels/rope_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr int kHeads = 3;

TEST(Rope, MatchesTheReferenceAtNearAndFarPositions) {
  for (int head_dim : {2, 30, 32, 48, 64, 128}) {
    const RopeTable table(1e4, head_dim, 5000);
    for (int position : {0, 1, 63, 64, 4999}) {
      const std::vector<float> x = Normals(1, static_cast<size_t>(kHeads * head_dim));
      const std::vector<float> rotated = SameOnEveryIsa([&] {
        std::vector<float> y = x;
        ApplyRope(table, position, kHeads, y.data());
        return y;
      });
      std::vector<double> expected = ToDouble(x);
      for (int head = 0; head < kHeads; ++head) {
        RopeRef(1e4, position, head_dim, &expected[static_cast<size_t>(head * head_dim)]);
      }
      EXPECT_TRUE(AllClose(rotated, expected, 1e-6)) << head_dim << " at " << position;
    }
  }
}

TEST(Rope, LeavesPositionZeroAsItIs) {
  const RopeTable table(1e6, 64, 1);
  const std::vector<float> x = Normals(2, 64);
  std::vector<float> y = x;
  ApplyRope(table, 0, 1, y.data());
  EXPECT_TRUE(SameBits(x, y));
}

// The rotation is orthogonal, so its gradient is the rotation back.
TEST(Rope, IsUndoneByItsBackward) {
  const RopeTable table(1e4, 32, 100);
  const std::vector<float> x = Normals(3, kHeads * 32);
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y = x;
    ApplyRope(table, 77, kHeads, y.data());
    ApplyRopeBackward(table, 77, kHeads, y.data());
    return y;
  });
  EXPECT_TRUE(AllClose(y, ToDouble(x), 1e-6));
}

}  // namespace
}  // namespace rubato
