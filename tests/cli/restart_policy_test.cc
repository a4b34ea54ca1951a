#include "cli/restart_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::ElementsAre;

TEST(RestartPolicy, DoublesItsWaitsAndGivesUpAfterFiveStartsWithoutProgress) {
  RestartPolicy policy;
  std::vector<double> waits;
  policy.OnStart("rank-0");
  for (std::optional<absl::Duration> wait; (wait = policy.OnDeath("rank-0")); policy.OnStart("rank-0")) {
    waits.push_back(absl::ToDoubleSeconds(*wait));
  }
  EXPECT_THAT(waits, ElementsAre(0.5, 1, 2, 4));
  EXPECT_EQ(policy.StartsOf("rank-0"), 5);
}

TEST(RestartPolicy, CountsRolesApart) {
  RestartPolicy policy;
  for (int i = 0; i < 5; ++i) policy.OnStart("worker-0");
  policy.OnStart("worker-1");
  EXPECT_FALSE(policy.OnDeath("worker-0").has_value());
  EXPECT_EQ(policy.OnDeath("worker-1"), absl::Milliseconds(500));
}

TEST(RestartPolicy, BeginsAnewAfterProgress) {
  RestartPolicy policy;
  for (int i = 0; i < 5; ++i) policy.OnStart("credit");
  for (int i = 0; i < 3; ++i) policy.OnStart("worker-0");
  policy.OnProgress("credit");
  EXPECT_EQ(policy.OnDeath("credit"), absl::Milliseconds(500));
  EXPECT_EQ(policy.OnDeath("worker-0"), absl::Seconds(2));
  policy.OnProgressOfAll();
  EXPECT_EQ(policy.OnDeath("worker-0"), absl::Milliseconds(500));
}

}  // namespace
}  // namespace rubato
