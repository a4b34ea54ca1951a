#include "learner/packed_batch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using testing::ElementsAre;

TEST(PackedBatch, RowsPredictTheNextTokenWhereItIsTrained) {
  PackedBatch batch;
  batch.Append(std::vector<int32_t>{5, 6, 7, 8}, std::vector<uint8_t>{0, 0, 1, 1}, 1.0f);
  batch.Append(std::vector<int32_t>{9, 3}, std::vector<uint8_t>{0, 1}, 0.5f);
  EXPECT_THAT(batch.tokens, ElementsAre(5, 6, 7, 9));
  EXPECT_THAT(batch.targets, ElementsAre(PackedBatch::kNoTarget, 7, 8, 3));
  EXPECT_THAT(batch.starts, ElementsAre(0, 3, 4));
  EXPECT_THAT(batch.temperatures, ElementsAre(1.0f, 0.5f));
  EXPECT_EQ(batch.target_count(), 3);
}

}  // namespace
}  // namespace rubato
