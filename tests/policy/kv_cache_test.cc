#include "policy/kv_cache.h"

#include <gtest/gtest.h>

#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

class KvCacheTest : public testing::Test {
 protected:
  const ModelConfig config_ = TinyModelConfig();
  KvCache cache_{config_, 4 * KvCache::PageBytes(config_) + 100};
};

TEST_F(KvCacheTest, HoldsAsManyPagesAsTheBudget) {
  EXPECT_EQ(cache_.page_count(), 4);
  EXPECT_EQ(cache_.free_pages(), 4);
  EXPECT_EQ(KvCache::PageBytes(config_), 64 * 4 * 2 * config_.kv_width() * config_.layers);
}

TEST_F(KvCacheTest, TakesAPageAtEvery64Tokens) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 64).ok());
  EXPECT_EQ(sequence.pages.size(), 1u);
  ASSERT_TRUE(cache_.Extend(&sequence, 1).ok());
  EXPECT_EQ(sequence.pages.size(), 2u);
  EXPECT_EQ(sequence.length, 65);
  EXPECT_EQ(cache_.free_pages(), 2);
}

TEST_F(KvCacheTest, RefusesWhatDoesNotFitAndChangesNothing) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 100).ok());
  EXPECT_EQ(cache_.Extend(&sequence, 4 * 64).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(sequence.length, 100);
  EXPECT_EQ(cache_.free_pages(), 2);
}

TEST_F(KvCacheTest, ForkSharesFullPagesAndCopiesThePartialOne) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 70).ok());
  sequence.pages[1][5] = 42;
  const absl::StatusOr<KvSequence> fork = cache_.Fork(sequence);
  ASSERT_TRUE(fork.ok());
  EXPECT_EQ(fork->length, 70);
  EXPECT_EQ(fork->pages[0], sequence.pages[0]);
  EXPECT_NE(fork->pages[1], sequence.pages[1]);
  EXPECT_EQ(fork->pages[1][5], 42);
  sequence.pages[1][5] = 43;
  EXPECT_EQ(fork->pages[1][5], 42);
}

TEST_F(KvCacheTest, ForkAtAPageBoundaryCopiesNothing) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 128).ok());
  ASSERT_TRUE(cache_.Fork(sequence).ok());
  EXPECT_EQ(cache_.free_pages(), 2);
}

TEST_F(KvCacheTest, SharedPagesComeBackWithTheirLastHolder) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 65).ok());
  KvSequence fork = *cache_.Fork(sequence);
  cache_.Release(&sequence);
  EXPECT_EQ(cache_.free_pages(), 2);
  EXPECT_TRUE(sequence.pages.empty());
  EXPECT_EQ(sequence.length, 0);
  cache_.Release(&fork);
  EXPECT_EQ(cache_.free_pages(), 4);
}

TEST_F(KvCacheTest, RefusesAForkWithoutAPageForTheCopy) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 4 * 64 - 1).ok());
  EXPECT_EQ(cache_.Fork(sequence).status().code(), absl::StatusCode::kResourceExhausted);
  cache_.Release(&sequence);
  EXPECT_EQ(cache_.free_pages(), 4);
}

TEST_F(KvCacheTest, PagesAreAlignedForTheKernels) {
  KvSequence sequence;
  ASSERT_TRUE(cache_.Extend(&sequence, 200).ok());
  for (int layer = 0; layer < config_.layers; ++layer) {
    for (float* page : sequence.pages) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(page + cache_.LayerOffset(layer)) % 64, 0u);
    }
  }
}

}  // namespace
}  // namespace rubato
