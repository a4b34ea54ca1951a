#include "credit/pass_order.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rubato {
namespace {

TEST(PassOrder, HoldsEveryRowOnce) {
  for (uint64_t rows : {1, 2, 17, 1000}) {
    std::vector<uint64_t> order = OrderOfPass(7, 3, rows);
    std::sort(order.begin(), order.end());
    for (uint64_t row = 0; row < rows; ++row) EXPECT_EQ(order[row], row);
  }
}

TEST(PassOrder, IsAFunctionOfSeedAndPassAlone) {
  EXPECT_EQ(OrderOfPass(7, 3, 100), OrderOfPass(7, 3, 100));
  EXPECT_NE(OrderOfPass(7, 3, 100), OrderOfPass(8, 3, 100));
  EXPECT_NE(OrderOfPass(7, 3, 100), OrderOfPass(7, 4, 100));
}

TEST(PassOrder, StaysTheSameInEveryBuild) {
  EXPECT_EQ(OrderOfPass(1, 0, 8), (std::vector<uint64_t>{4, 3, 0, 6, 5, 1, 7, 2}));
}

TEST(PassOrder, LooksUpInAnyOrder) {
  PassOrder order(7, 50, true);
  const std::vector<uint64_t> first = OrderOfPass(7, 0, 50);
  const std::vector<uint64_t> second = OrderOfPass(7, 1, 50);
  for (uint64_t position : {49, 0, 7}) {
    EXPECT_EQ(order.RowAt(1, position), second[position]);
    EXPECT_EQ(order.RowAt(0, position), first[position]);
  }
}

TEST(PassOrder, IsTheOrderOfTheFileWithoutShuffling) {
  PassOrder order(7, 50, false);
  for (uint64_t position = 0; position < 50; ++position) EXPECT_EQ(order.RowAt(3, position), position);
}

}  // namespace
}  // namespace rubato
