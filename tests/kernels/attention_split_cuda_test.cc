#include "kernels/attention_split_cuda.h"

#include <algorithm>
#include <limits>

#include "tests/kernels/kernel_testing.h"

namespace rubato {
namespace {

constexpr int kPosition = 149;
constexpr int kWindow = 10;
constexpr float kScale = 0.3f;

SoftmaxPart PartOf(const std::vector<float>& scores, int begin, int end) {
  SoftmaxPart part = EmptyPart();
  for (int s = begin; s < end; ++s) {
    const float score = scores[static_cast<size_t>(s)];
    RaiseMax<true>(score, kScale * kLog2E, &part);
    AddKey<true>(WeightOf(score, part.max, kScale * kLog2E), kPosition - s, kWindow, &part);
  }
  return part;
}

SoftmaxPart MergeOf(const std::vector<SoftmaxPart>& parts) {
  SoftmaxPart row = EmptyPart();
  for (const SoftmaxPart& part : parts) row.max = std::max(row.max, part.max);
  for (const SoftmaxPart& part : parts)
    AddPart<true>(part, WeightOf(part.max, row.max, kScale * kLog2E), &row);
  return row;
}

// WAAD and the row's distance from the definition, in double.
std::vector<double> RowReference(const std::vector<float>& scores) {
  const double max = *std::max_element(scores.begin(), scores.end());
  double sum = 0, windowed = 0, distance = 0;
  for (int s = 0; s <= kPosition; ++s) {
    const double e = std::exp(double{kScale} * (scores[static_cast<size_t>(s)] - max));
    sum += e;
    windowed += e * std::min(kPosition - s, kWindow);
    distance += e * (kPosition - s);
  }
  return {windowed / sum, distance / sum};
}

void ExpectRow(const SoftmaxPart& row, const std::vector<double>& reference) {
  const std::vector<float> measured = {WaadOf(row, kWindow), row.distance / row.sum};
  EXPECT_TRUE(AllClose(measured, reference));
}

TEST(AttentionSplit, C2C5PartsMergeToTheRowForEveryCutOfTheContext) {
  const std::vector<float> scores = Normals(1, kPosition + 1, 10);
  const std::vector<double> reference = RowReference(scores);
  for (int cut = 0; cut <= kPosition + 1; ++cut) {
    for (int other : {cut, (cut + kPosition + 1) / 2, kPosition + 1}) {
      SCOPED_TRACE(std::to_string(cut) + ", " + std::to_string(other));
      ExpectRow(
          MergeOf({PartOf(scores, 0, cut), PartOf(scores, cut, other), PartOf(scores, other, kPosition + 1)}),
          reference);
    }
  }
}

TEST(AttentionSplit, C2C5PartsMergeWhenEveryKeyIsAPart) {
  const std::vector<float> scores = Normals(2, kPosition + 1, 10);
  std::vector<SoftmaxPart> parts;
  for (int s = 0; s <= kPosition; ++s) parts.push_back(PartOf(scores, s, s + 1));
  ExpectRow(MergeOf(parts), RowReference(scores));
}

// Growing scores rescale at every key; falling ones vanish beside the first.
TEST(AttentionSplit, SurvivesScoresFarApart) {
  std::vector<float> scores(kPosition + 1);
  for (float step : {40.0f, -40.0f}) {
    for (size_t s = 0; s < scores.size(); ++s) scores[s] = step * static_cast<float>(s);
    ExpectRow(MergeOf({PartOf(scores, 0, 70), PartOf(scores, 70, kPosition + 1)}), RowReference(scores));
  }
}

TEST(AttentionSplit, GivesEveryTileToExactlyOneSplit) {
  for (int position : {0, 1, 63, 64, 65, 127, 128, 8191}) {
    for (int splits = 1; splits <= 140; ++splits) {
      int next = 0;
      for (int split = 0; split < splits; ++split) {
        const Span tiles = TilesOfSplit(position, splits, split);
        EXPECT_EQ(tiles.begin, next);
        EXPECT_GE(tiles.end, tiles.begin);
        next = tiles.end;
      }
      EXPECT_EQ(next, position / kKeysPerTile + 1);
    }
  }
}

TEST(AttentionSplit, RingHasTheNextPowerOfTwoSlotsButNoMoreThanAResponseNeeds) {
  EXPECT_EQ(RingSlotsFor(10, 100, 4096), 128);
  EXPECT_EQ(RingSlotsFor(10, 50, 4096), 64);
  EXPECT_EQ(RingSlotsFor(0, 63, 4096), 64);
  EXPECT_EQ(RingSlotsFor(0, 64, 4096), 128);
  EXPECT_EQ(RingSlotsFor(7, 7, 4096), 1);
  EXPECT_EQ(RingSlotsFor(10, 1 << 30, 100), 128);
  EXPECT_EQ(RingSlotsFor(0, std::numeric_limits<int>::max() - 1, 1), 1);
}

TEST(AttentionSplit, C6RingIsAssignedByTheFirstRowAndAddedToByLaterOnes) {
  float ring[4] = {NAN, NAN, NAN, NAN};
  AddToRing(0.5f, 6, true, 4, ring);
  AddToRing(0.25f, 6, false, 4, ring);
  EXPECT_EQ(ring[2], 0.75f);
  AddToRing(0.125f, 10, true, 4, ring);  // the next turn
  EXPECT_EQ(ring[2], 0.125f);
}

TEST(AttentionSplit, ReadsBf16Exactly) {
  EXPECT_EQ(ToFloat(Bf16{0x3f80}), 1.0f);
  EXPECT_EQ(ToFloat(Bf16{0xc0a0}), -5.0f);
  EXPECT_EQ(ToFloat(Bf16{0}), 0.0f);
}

}  // namespace
}  // namespace rubato
