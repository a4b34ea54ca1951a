#include "stats/attention_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rubato {
namespace {

TEST(AttentionRecord, BeginsUndefined) {
  const AttentionRecord record(3, 4);
  EXPECT_EQ(record.d, std::vector<float>(3, 0.0f));
  ASSERT_EQ(record.waad.size(), 12u);
  ASSERT_EQ(record.fai.size(), 12u);
  const auto undefined = [](float value) { return std::isnan(value); };
  EXPECT_TRUE(std::all_of(record.waad.begin(), record.waad.end(), undefined));
  EXPECT_TRUE(std::all_of(record.fai.begin(), record.fai.end(), undefined));
}

TEST(AttentionRecord, KeepsHeadsApart) {
  AttentionRecord record(3, 4);
  record.WaadOf(1)[3] = 5;
  record.FaiOf(2)[0] = 0.5;
  EXPECT_EQ(record.waad[7], 5);
  EXPECT_EQ(record.fai[8], 0.5);
  EXPECT_EQ(record.WaadOf(1).size(), 4u);
}

TEST(FutureRowCount, IsTheSizeOfTInC6) {
  for (int rows : {1, 2, 9, 10, 11, 30, 120}) {
    for (int s = 0; s < rows + 3; ++s) {
      int count = 0;
      for (int t = 0; t < rows; ++t) count += t >= s + 10 && t <= std::min(rows - 1, s + 50);
      EXPECT_EQ(FutureRowCount(s, rows, 10, 50), count) << s << " of " << rows;
    }
  }
}

}  // namespace
}  // namespace rubato
