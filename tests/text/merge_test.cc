#include "text/merge.h"

#include <random>

#include "gtest/gtest.h"

namespace rubato {
namespace {

// The definition: look at all neighbours, merge the best two, begin again.
std::vector<int32_t> MergeSlowly(const MergeTable& table, std::vector<int32_t> ids) {
  while (true) {
    MergeTable::Merge best;
    size_t at = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      const MergeTable::Merge merge = table.Find(ids[i], ids[i + 1]);
      if (merge.rank < best.rank) {
        best = merge;
        at = i;
      }
    }
    if (best.rank == MergeTable::Merge::kNever) return ids;
    ids[at] = best.id;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

// 4 characters and 60 tokens that are made of two others each.
MergeTable RandomMerges(std::mt19937* random) {
  MergeTable table(60);
  for (uint32_t rank = 0; rank < 60; ++rank) {
    const int32_t made = static_cast<int32_t>(rank) + 4;
    std::uniform_int_distribution<int32_t> token(0, made - 1);
    table.Add(token(*random), token(*random), {rank, made});
  }
  return table;
}

TEST(Merge, IsTheDefinitionAtEveryLength) {
  for (uint32_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const MergeTable table = RandomMerges(&random);
    for (size_t count = 1; count < 200; count += 1 + count / 8) {
      std::vector<int32_t> ids;
      for (size_t i = 0; i < count; ++i) ids.push_back(static_cast<int32_t>(random() % 4));
      std::vector<int32_t> merged = {-7};  // stays: the tail begins behind it
      merged.insert(merged.end(), ids.begin(), ids.end());
      MergeTail(table, 1, &merged);
      std::vector<int32_t> expected = MergeSlowly(table, ids);
      expected.insert(expected.begin(), -7);
      EXPECT_EQ(merged, expected);
    }
  }
}

TEST(Merge, OfNothingIsNothing) {
  std::vector<int32_t> ids;
  MergeTail(MergeTable(), 0, &ids);
  EXPECT_TRUE(ids.empty());
}

}  // namespace
}  // namespace rubato
