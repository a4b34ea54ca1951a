#include "kernels/attention.h"

#include <algorithm>

#include "tests/kernels/paged_sequence.h"

namespace rubato {
namespace {

struct Case {
  int heads, kv_heads, head_dim;
};

class AttentionOf : public testing::TestWithParam<Case> {
 protected:
  const AttentionShape shape_ = MakeShape(GetParam().heads, GetParam().kv_heads, GetParam().head_dim);
};

std::vector<float> RunAll(PagedSequence& sequence, ThreadPool* pool = nullptr) {
  std::fill(sequence.out().begin(), sequence.out().end(), 0.0f);
  Attention(sequence.shape(), sequence.Rows(0, sequence.tokens()), pool);
  return sequence.out();
}

TEST_P(AttentionOf, MatchesTheReference) {
  for (int tokens : {1, 2, 15, 16, 17, 63, 64, 65, 200}) {
    PagedSequence sequence(shape_, tokens, static_cast<unsigned>(tokens));
    std::vector<float> out = SameOnEveryIsa([&] {
      std::vector<float> out = RunAll(sequence);
      out.insert(out.end(), sequence.lse().begin(), sequence.lse().end());
      return out;
    });
    const std::vector<float> lse(out.begin() + static_cast<ptrdiff_t>(sequence.out().size()), out.end());
    out.resize(sequence.out().size());
    for (int head = 0; head < shape_.heads; ++head) {
      const AttentionRef ref = sequence.Reference(head);
      const auto of_head = [&](const std::vector<float>& rows, int width) {
        const std::vector<double> part = PagedSequence::HeadOf(rows, shape_.heads, head, width);
        return std::vector<float>(part.begin(), part.end());
      };
      EXPECT_TRUE(AllClose(of_head(out, shape_.kv.head_dim), ref.out)) << tokens << " tokens, head " << head;
      EXPECT_TRUE(AllClose(of_head(lse, 1), ref.lse)) << tokens << " tokens, head " << head;
    }
  }
}

TEST_P(AttentionOf, GivesTheSameBitsHoweverRowsAreCutIntoCalls) {
  PagedSequence sequence(shape_, 130, 3);
  const std::vector<float> whole = SameOnEveryIsa([&] { return RunAll(sequence); });
  for (int chunk : {1, 5, 64, 65}) {
    const std::vector<float> cut = SameOnEveryIsa([&] {
      std::fill(sequence.out().begin(), sequence.out().end(), 0.0f);
      for (int t = 0; t < 130; t += chunk) Attention(shape_, sequence.Rows(t, std::min(130, t + chunk)));
      return sequence.out();
    });
    EXPECT_TRUE(SameBits(cut, whole)) << "chunks of " << chunk;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, AttentionOf,
                         testing::Values(Case{1, 1, 16}, Case{4, 2, 32}, Case{4, 4, 48}, Case{8, 2, 64},
                                         Case{8, 1, 80}, Case{6, 3, 96}, Case{4, 2, 128}, Case{12, 1, 32},
                                         Case{2, 1, 2}, Case{4, 2, 4}, Case{3, 3, 12}, Case{4, 1, 20},
                                         Case{14, 2, 24}, Case{4, 2, 36}, Case{5, 1, 40}, Case{2, 2, 112},
                                         Case{2, 1, 250}, Case{2, 1, 256}, Case{70, 1, 18}));

TEST(Attention, DoesNotDependOnItsNeighboursOrThreads) {
  const AttentionShape shape = MakeShape(4, 2, 32);
  PagedSequence first(shape, 150, 1);
  PagedSequence second(shape, 90, 2);
  const std::vector<float> first_alone = RunAll(first);
  const std::vector<float> second_alone = RunAll(second);
  ThreadPool two(2);
  for (ThreadPool* pool : {static_cast<ThreadPool*>(nullptr), &two}) {
    std::fill(first.out().begin(), first.out().end(), 0.0f);
    std::fill(second.out().begin(), second.out().end(), 0.0f);
    std::vector<AttentionRow> rows;  // prefill chunks and decode rows, mixed
    for (int t = 0; t < 90; ++t) {
      rows.push_back(first.Row(t));
      if (t % 7 != 0) rows.push_back(second.Row(t));
    }
    for (int t = 90; t < 150; ++t) rows.push_back(first.Row(t));
    for (int t = 0; t < 90; t += 7) rows.push_back(second.Row(t));
    Attention(shape, rows, pool);
    EXPECT_TRUE(SameBits(first.out(), first_alone));
    EXPECT_TRUE(SameBits(second.out(), second_alone));
    EXPECT_TRUE(SameBits(RunAll(first, pool), first_alone));
  }
}

TEST(Attention, TakesRowsInAnyOrder) {
  const AttentionShape shape = MakeShape(4, 2, 32);
  PagedSequence sequence(shape, 150, 6);
  const std::vector<float> straight = RunAll(sequence);
  std::vector<AttentionRow> rows = sequence.Rows(0, 150);
  std::reverse(rows.begin(), rows.end());
  std::fill(sequence.out().begin(), sequence.out().end(), 0.0f);
  Attention(shape, rows);
  EXPECT_TRUE(SameBits(sequence.out(), straight));
}

TEST(Attention, DoesNotSeeWhoSharesItsPages) {
  const AttentionShape shape = MakeShape(4, 2, 32);
  PagedSequence sequence(shape, 130, 1);
  const std::vector<float> own = RunAll(sequence);
  PagedSequence other(shape, 130, 1);  // the same contents elsewhere
  std::vector<const float*> mixed = {other.pages()[0], sequence.pages()[1], other.pages()[2]};
  std::vector<AttentionRow> rows = sequence.Rows(0, 130);
  for (AttentionRow& row : rows) row.pages = mixed.data();
  std::fill(sequence.out().begin(), sequence.out().end(), 0.0f);
  Attention(shape, rows);
  EXPECT_TRUE(SameBits(sequence.out(), own));
}

TEST(Attention, StaysExactWhenOneKeyTakesItAll) {
  const AttentionShape shape = MakeShape(2, 1, 32);
  PagedSequence sequence(shape, 100, 5, 40.0f);  // scores of several thousand
  const std::vector<float> out = SameOnEveryIsa([&] { return RunAll(sequence); });
  for (float value : out) ASSERT_TRUE(std::isfinite(value));
  const AttentionRef ref = sequence.Reference(1);
  std::vector<float> head;
  for (double value : PagedSequence::HeadOf(out, 2, 1, 32)) head.push_back(static_cast<float>(value));
  EXPECT_TRUE(AllClose(head, ref.out, 2e-3));  // the scores themselves carry rounding of 1e-7 * 1e4
}

TEST(Attention, OfNoRowsDoesNothing) { Attention(MakeShape(2, 1, 32), {}); }

}  // namespace
}  // namespace rubato
