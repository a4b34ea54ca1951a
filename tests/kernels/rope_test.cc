#include "kernels/rope.h"

#include <thread>

#include "kernels/rope_ref.h"
#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr int kHeads = 3;

// theta^(-2i / head_dim).
std::vector<double> Angles(double theta, int head_dim) {
  std::vector<double> angles;
  for (int i = 0; i < head_dim / 2; ++i) angles.push_back(std::pow(theta, -2.0 * i / head_dim));
  return angles;
}

TEST(Rope, MatchesTheReferenceAtNearAndFarPositions) {
  for (int head_dim : {2, 4, 12, 30, 32, 36, 48, 64, 128}) {
    const RopeTable table(Angles(1e4, head_dim), 1, 5000);
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
  const RopeTable table(Angles(1e6, 64), 1, 1);
  const std::vector<float> x = Normals(2, 64);
  std::vector<float> y = x;
  ApplyRope(table, 0, 1, y.data());
  EXPECT_TRUE(SameBits(x, y));
}

// The rotation is orthogonal, so its gradient is the rotation back.
TEST(Rope, IsUndoneByItsBackward) {
  const RopeTable table(Angles(1e4, 32), 1, 100);
  const std::vector<float> x = Normals(3, kHeads * 32);
  const std::vector<float> y = SameOnEveryIsa([&] {
    std::vector<float> y = x;
    ApplyRope(table, 77, kHeads, y.data());
    ApplyRopeBackward(table, 77, kHeads, y.data());
    return y;
  });
  EXPECT_TRUE(AllClose(y, ToDouble(x), 1e-6));
}

TEST(Rope, ScalesWhatItRotatesAndOnceMoreOnTheWayBack) {
  const RopeTable table(Angles(1e4, 20), 1.5, 100);
  const std::vector<float> x = Normals(4, kHeads * 20);
  std::vector<float> y = x;
  ApplyRope(table, 77, kHeads, y.data());
  ApplyRopeBackward(table, 77, kHeads, y.data());
  std::vector<double> expected = ToDouble(x);
  for (double& value : expected) value *= 1.5 * 1.5;
  EXPECT_TRUE(AllClose(y, expected, 1e-6));
}

TEST(RopeTable, OfManyPositionsIsMadeWhereItIsRead) {
  const int head_dim = 128;
  const RopeTable table(Angles(1e6, head_dim), 1, 1 << 24);  // 8 GiB if it were made whole
  EXPECT_EQ(table.cosines(0)[0], 1.0f);
  const int far = (1 << 24) - 1;
  EXPECT_EQ(table.cosines(far)[0], static_cast<float>(std::cos(static_cast<double>(far))));
  EXPECT_EQ(table.sines(far)[0], static_cast<float>(std::sin(static_cast<double>(far))));
}

TEST(RopeTable, GivesEveryThreadTheSameBlocks) {
  const RopeTable table(Angles(1e4, 16), 1, 10000);
  const auto read = [&](std::vector<const float*>* places) {
    for (int position = 0; position < 10000; ++position) places->push_back(table.cosines(position));
  };
  std::vector<const float*> here, there;
  std::thread other(read, &there);
  read(&here);
  other.join();
  EXPECT_EQ(here, there);
}

}  // namespace
}  // namespace rubato
