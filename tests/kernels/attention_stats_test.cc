#include "kernels/attention_stats.h"

#include "kernels/attention_stats_ref.h"
#include "tests/kernels/paged_sequence.h"

namespace rubato {
namespace {

using Options = AttentionStatsOptions;
constexpr int kToEnd = Options::kToEnd;

// Runs rows [0, tokens), measuring those from `prompt` on, `chunk` rows a call.
AttentionStatsState Measure(PagedSequence& sequence, int prompt, const Options& options, int chunk,
                            ThreadPool* pool = nullptr) {
  AttentionStatsState state(sequence.shape().heads, prompt, sequence.tokens() - prompt, options);
  Attention(sequence.shape(), sequence.Rows(0, prompt), pool);
  for (int t = prompt; t < sequence.tokens(); t += chunk) {
    Attention(sequence.shape(), sequence.Rows(t, std::min(sequence.tokens(), t + chunk), &state), pool);
  }
  state.Finish();
  return state;
}

// Every number of a finished state.
std::vector<float> Flatten(const AttentionStatsState& state) {
  std::vector<float> all;
  for (int head = 0; head < state.heads(); ++head) {
    all.push_back(static_cast<float>(state.DistanceSum(head)));
    for (float value : state.Waad(head)) all.push_back(value);
    for (float value : state.Fai(head)) all.push_back(value);
  }
  return all;
}

std::vector<double> FlattenReference(const PagedSequence& sequence, int prompt, const Options& options) {
  std::vector<double> all;
  for (int head = 0; head < sequence.shape().heads; ++head) {
    const AttentionStatsRef ref = ComputeAttentionStatsRef(sequence.Reference(head).map, sequence.tokens(),
                                                           prompt, options.w, options.h_lo, options.h_hi);
    all.push_back(ref.distance * (sequence.tokens() - prompt));
    all.insert(all.end(), ref.waad.begin(), ref.waad.end());
    all.insert(all.end(), ref.fai.begin(), ref.fai.end());
  }
  return all;
}

void ExpectReference(PagedSequence& sequence, int prompt, const Options& options) {
  const std::vector<float> measured =
      SameOnEveryIsa([&] { return Flatten(Measure(sequence, prompt, options, 1)); });
  EXPECT_TRUE(AllClose(measured, FlattenReference(sequence, prompt, options)))
      << "tokens " << sequence.tokens() << ", prompt " << prompt << ", w " << options.w << ", lags "
      << options.h_lo << ".." << options.h_hi;
}

// Prompts of one token and around a tile's end; responses from one token to more than two turns of the ring.
TEST(AttentionStats, EqualTheDenseReferenceAtAnyLength) {
  const AttentionShape shape = MakeShape(4, 2, 32);
  for (int prompt : {1, 63, 64, 65}) {
    for (int response : {1, 2, 10, 11, 12, 51, 63, 64, 65, 111, 272}) {
      PagedSequence sequence(shape, prompt + response, static_cast<unsigned>(prompt * 1000 + response), 1.5f);
      ExpectReference(sequence, prompt, {.w = 10, .h_lo = 10, .h_hi = 50});
    }
  }
}

TEST(AttentionStats, EqualTheDenseReferenceForAnyWindowAndLags) {
  PagedSequence sequence(MakeShape(2, 1, 32), 230, 7, 1.5f);
  for (const Options& options :
       {Options{1, 0, 0}, Options{1, 1, 1}, Options{3, 1, 4}, Options{16, 0, 15}, Options{17, 5, 21},
        Options{40, 10, 100}, Options{10, 10, 1000}, Options{10, 10, kToEnd}, Options{10, 0, kToEnd},
        Options{400, 10, 50}, Options{10, 300, 400}}) {
    for (int prompt : {1, 40, 229}) ExpectReference(sequence, prompt, options);
  }
}

TEST(AttentionStats, EqualTheDenseReferenceForAnyHeads) {
  for (int head_dim : {2, 12, 20, 32, 36, 64, 80, 128}) {
    for (int group : {1, 2, 4, 8}) {
      PagedSequence sequence(MakeShape(2 * group, 2, head_dim), 120, static_cast<unsigned>(head_dim + group),
                             1.5f);
      ExpectReference(sequence, 20, {.w = 10, .h_lo = 10, .h_hi = 100});
    }
  }
}

TEST(AttentionStats, AreUndefinedExactlyWhereNoRowIsFarEnough) {
  PagedSequence sequence(MakeShape(2, 1, 32), 50, 8);
  const AttentionStatsState state = Measure(sequence, 20, {.w = 10, .h_lo = 10, .h_hi = 50}, 1);
  ASSERT_EQ(state.measured_rows(), 30);
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(std::isnan(state.Fai(0)[i]), i >= 20) << i;
    EXPECT_FALSE(std::isnan(state.Waad(0)[i]));
  }
}

TEST(AttentionStats, StayWithinTheirBounds) {
  PagedSequence sequence(MakeShape(2, 1, 32), 300, 9, 20.0f);  // nearly one-hot rows
  const AttentionStatsState state = Measure(sequence, 5, {.w = 10, .h_lo = 0, .h_hi = 7}, 1);
  for (int head = 0; head < 2; ++head) {
    for (float waad : state.Waad(head)) EXPECT_TRUE(waad >= 0 && waad <= 10) << waad;
    for (float fai : state.Fai(head)) EXPECT_TRUE(fai >= 0 && fai <= 1) << fai;
  }
}

TEST(AttentionStats, KeepTheirBitsInAnyBatchChunkAndOnAnyThreads) {
  const AttentionShape shape = MakeShape(4, 2, 32);
  const Options options{.w = 10, .h_lo = 10, .h_hi = 50};
  PagedSequence sequence(shape, 250, 10);
  const std::vector<float> alone = Flatten(Measure(sequence, 30, options, 1));
  ThreadPool two(2);
  for (int chunk : {2, 7, 64, 220}) {
    EXPECT_TRUE(SameBits(Flatten(Measure(sequence, 30, options, chunk)), alone));
    EXPECT_TRUE(SameBits(Flatten(Measure(sequence, 30, options, chunk, &two)), alone));
  }

  PagedSequence other(shape, 250, 11);  // decodes in the same calls, with a longer prompt
  AttentionStatsState state(4, 30, 220, options);
  AttentionStatsState others(4, 90, 160, options);
  Attention(shape, sequence.Rows(0, 30));
  for (int t = 30; t < 250; ++t) {
    Attention(shape, std::vector{other.Row(t, t < 90 ? nullptr : &others), sequence.Row(t, &state)}, &two);
  }
  state.Finish();
  EXPECT_TRUE(SameBits(Flatten(state), alone));
}

TEST(AttentionStats, DoNotChangeTheAttention) {
  PagedSequence sequence(MakeShape(4, 2, 32), 120, 12);
  Attention(sequence.shape(), sequence.Rows(0, 120));
  const std::vector<float> plain = sequence.out();
  std::fill(sequence.out().begin(), sequence.out().end(), 0.0f);
  Measure(sequence, 1, {}, 1);
  EXPECT_TRUE(SameBits(sequence.out(), plain));
}

// A sequence that is set aside keeps its state; its pages may come back elsewhere.
TEST(AttentionStats, SurviveAMove) {
  PagedSequence sequence(MakeShape(2, 1, 32), 100, 13);
  const Options options{.w = 10, .h_lo = 3, .h_hi = 20};
  const std::vector<float> straight = Flatten(Measure(sequence, 10, options, 1));
  AttentionStatsState before(2, 10, 90, options);
  Attention(sequence.shape(), sequence.Rows(10, 60, &before));
  AttentionStatsState after = std::move(before);
  PagedSequence rebuilt(MakeShape(2, 1, 32), 100, 13);
  Attention(rebuilt.shape(), rebuilt.Rows(60, 100, &after));
  after.Finish();
  EXPECT_TRUE(SameBits(Flatten(after), straight));
}

TEST(AttentionStatsDeathTest, RefuseARowOutOfOrder) {
  PagedSequence sequence(MakeShape(2, 1, 32), 20, 14);
  AttentionStatsState state(2, 10, 5, {});
  EXPECT_TRUE(state.Accepts(10));
  EXPECT_FALSE(state.Accepts(9));
  EXPECT_FALSE(state.Accepts(11));
  EXPECT_DEATH(Attention(sequence.shape(), sequence.Rows(11, 12, &state)), "row 11 is not the next");
  Attention(sequence.shape(), sequence.Rows(10, 15, &state));
  EXPECT_FALSE(state.Accepts(15));  // no room left
}

}  // namespace
}  // namespace rubato
