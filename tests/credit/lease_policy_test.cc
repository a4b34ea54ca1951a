#include "credit/lease_policy.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

using Interval = std::optional<StepInterval>;
constexpr Interval kNotNow = std::nullopt;

LeaseSnapshot At(uint64_t next, uint32_t max_staleness) {
  return {.stopped = false,
          .current_version = next,
          .oldest_version = 0,
          .next_uncommitted_step = next,
          .steps = 100,
          .max_staleness = max_staleness};
}

TEST(LeasePolicy, LeasesOnlyTheNextStepAndItsExactVersionInSyncMode) {
  EXPECT_EQ(VersionsForGroup(At(5, 0), 4), kNotNow) << "committed";
  EXPECT_EQ(VersionsForGroup(At(5, 0), 5), Interval({5, 5}));
  EXPECT_EQ(VersionsForGroup(At(5, 0), 6), kNotNow);
}

TEST(LeasePolicy, BoundsStalenessByConstruction) {
  struct Case {
    uint64_t next;
    uint64_t step;
    Interval versions;
  };
  for (const Case& c : std::initializer_list<Case>{{0, 0, Interval({0, 0})},
                                                   {0, 1, Interval({0, 1})},
                                                   {0, 2, Interval({0, 2})},
                                                   {0, 3, kNotNow},
                                                   {5, 5, Interval({3, 5})},
                                                   {5, 7, Interval({5, 7})},
                                                   {5, 8, kNotNow}}) {
    EXPECT_EQ(VersionsForGroup(At(c.next, 2), c.step), c.versions) << c.next << " " << c.step;
  }
}

TEST(LeasePolicy, LeasesNothingBeforeWeightsAreThere) {
  LeaseSnapshot snapshot = At(0, 3);
  snapshot.current_version.reset();
  EXPECT_EQ(VersionsForGroup(snapshot, 0), kNotNow);
  EXPECT_EQ(VersionsForEvaluation(snapshot, 0), kNotNow);
}

TEST(LeasePolicy, LeasesNothingOfAReplayedStepThatItsVersionsHaveNotReached) {
  LeaseSnapshot snapshot = At(3, 4);
  snapshot.current_version = 3;
  EXPECT_EQ(VersionsForGroup(snapshot, 7), Interval({3, 7}));
  snapshot.current_version = 2;
  EXPECT_EQ(VersionsForGroup(snapshot, 7), kNotNow);
}

TEST(LeasePolicy, NamesNoVersionOfAnEarlierLineage) {
  LeaseSnapshot snapshot = At(5, 3);
  snapshot.oldest_version = 4;
  EXPECT_EQ(VersionsForGroup(snapshot, 6), Interval({4, 6}));
  EXPECT_EQ(VersionsForGroup(snapshot, 8), Interval({5, 8}));
}

TEST(LeasePolicy, StopsAtTheLastStepAndWhenTheRunStops) {
  LeaseSnapshot snapshot = At(99, 5);
  EXPECT_NE(VersionsForGroup(snapshot, 99), kNotNow);
  EXPECT_EQ(VersionsForGroup(snapshot, 100), kNotNow);
  snapshot.stopped = true;
  EXPECT_EQ(VersionsForGroup(snapshot, 99), kNotNow);
  EXPECT_EQ(VersionsForEvaluation(snapshot, 99), kNotNow);
}

TEST(LeasePolicy, PinsAnEvaluationToItsVersion) {
  EXPECT_EQ(VersionsForEvaluation(At(20, 4), 20), Interval({20, 20}));
  EXPECT_EQ(VersionsForEvaluation(At(21, 4), 20), kNotNow);
}

TEST(LeasePolicy, SharesWorkAmongThoseWhoWait) {
  struct Case {
    uint64_t free, capacity, askers, share;
  };
  for (const Case& c : std::initializer_list<Case>{{128, 512, 1, 128},
                                                   {128, 512, 2, 64},
                                                   {128, 16, 2, 16},
                                                   {128, 512, 3, 48},  // 43, in whole groups of 8
                                                   {4, 512, 2, 4},
                                                   {0, 512, 2, 0},
                                                   {128, 5, 1, 5}}) {
    EXPECT_EQ(ShareOfWork(c.free, c.capacity, c.askers, 8), c.share)
        << c.free << " " << c.capacity << " " << c.askers;
  }
}

}  // namespace
}  // namespace rubato
