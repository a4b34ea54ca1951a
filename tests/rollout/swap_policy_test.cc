#include "rollout/swap_policy.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

using Action = SwapDecision::Action;

SwapSnapshot Snapshot(std::optional<ServedVersion> serving, AllowedVersions allowed,
                      std::vector<ServedVersion> available) {
  SwapSnapshot s;
  s.serving = serving;
  s.allowed = allowed;
  s.available = std::move(available);
  return s;
}

TEST(SwapPolicy, FetchesTheNewestAllowedVersionWhenNothingIsLoaded) {
  SwapDecision d = DecideSwap(Snapshot(std::nullopt, {0, 3, 5}, {{0, 3}, {0, 5}, {0, 6}}));
  EXPECT_EQ(d.action, Action::kSwap);
  EXPECT_EQ(d.target, (ServedVersion{0, 5}));
}

TEST(SwapPolicy, ServesTheExactVersionItAlreadyHolds) {
  EXPECT_EQ(DecideSwap(Snapshot(ServedVersion{0, 4}, {0, 4, 4}, {{0, 4}})).action, Action::kServe);
}

TEST(SwapPolicy, ServesWhatItHoldsWhenNoSourceIsAlive) {
  EXPECT_EQ(DecideSwap(Snapshot(ServedVersion{0, 4}, {0, 4, 4}, {})).action, Action::kServe);
}

TEST(SwapPolicy, AsksAgainWhenNobodyHoldsAnAllowedVersion) {
  EXPECT_EQ(DecideSwap(Snapshot(ServedVersion{0, 3}, {0, 4, 4}, {{0, 3}})).action, Action::kNoSource);
}

TEST(SwapPolicy, NeverSwapsUnderASequenceOfAnExactLease) {
  SwapSnapshot s = Snapshot(ServedVersion{0, 3}, {0, 2, 4}, {{0, 4}});
  s.in_flight = s.in_flight_exact = true;
  EXPECT_EQ(DecideSwap(s).action, Action::kServe);  // 3 is still allowed
  s.allowed = {0, 4, 4};
  EXPECT_EQ(DecideSwap(s).action, Action::kWaitUntilIdle);
}

TEST(SwapPolicy, SwapsForwardInFlightWhenLeasesAllowAnInterval) {
  SwapSnapshot s = Snapshot(ServedVersion{0, 3}, {0, 3, 5}, {{0, 4}, {0, 5}});
  s.in_flight = true;
  SwapDecision d = DecideSwap(s);
  EXPECT_EQ(d.action, Action::kSwap);
  EXPECT_EQ(d.target, (ServedVersion{0, 5}));
}

TEST(SwapPolicy, WaitsUntilIdleBeforeASwapBackOrIntoAnotherLineage) {
  SwapSnapshot back = Snapshot(ServedVersion{0, 7}, {0, 3, 5}, {{0, 5}});
  back.in_flight = true;
  EXPECT_EQ(DecideSwap(back).action, Action::kWaitUntilIdle);
  SwapSnapshot other = Snapshot(ServedVersion{0, 5}, {1, 3, 5}, {{1, 5}});
  other.in_flight = true;
  EXPECT_EQ(DecideSwap(other).action, Action::kWaitUntilIdle);
  other.in_flight = false;
  EXPECT_EQ(DecideSwap(other).action, Action::kSwap);
}

}  // namespace
}  // namespace rubato
