#include "credit/group_credit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Eight tokens under h_lo 3: the first two have the highest FAI.
DecodedStats Stats(int measured_rows = 8) {
  DecodedStats stats;
  stats.response_tokens = 8;
  stats.measured_rows = measured_rows;
  stats.waad = {9, 5, 4, 3, 6, 2, 1, 0};
  stats.fai = {0.9f, 0.8f, 0.3f, 0.2f, 0.1f, kNan, kNan, kNan};
  return stats;
}

class GroupCreditTest : public ::testing::Test {
 protected:
  GroupCreditTest() { settings_.scheme = Scheme::kGlobalAnchor; }

  GroupSample Sample(double reward) const {
    return {.ok = true, .reward = reward, .response_tokens = 8, .stats = &stats_, .roles = {}};
  }
  CreditedGroup Credit(const std::vector<GroupSample>& group) const {
    const absl::StatusOr<CreditedGroup> credited = CreditGroup(settings_, rules_, group);
    EXPECT_TRUE(credited.ok()) << credited.status();
    return credited.value_or(CreditedGroup{});
  }

  const DecodedStats stats_ = Stats();
  CreditSettings settings_;
  GroupRules rules_;
};

TEST_F(GroupCreditTest, GivesEachSampleItsAdvantageAndWeights) {
  const CreditedGroup group = Credit({Sample(1), Sample(0)});
  EXPECT_EQ(group.fate, GroupFate::kTrained);
  EXPECT_EQ(group.advantages.mean, 0.5);
  EXPECT_DOUBLE_EQ(group.samples[0].advantage, 0.5 / (0.5 + 1e-6));
  EXPECT_DOUBLE_EQ(group.samples[1].advantage, -0.5 / (0.5 + 1e-6));
  for (const CreditedSample& sample : group.samples) {
    EXPECT_EQ(sample.stats_status, StatsStatus::kOk);
    EXPECT_EQ(sample.weights.gamma, (std::vector<double>{1.5, 1.5, 1, 1, 1, 1, 1, 1}));
  }
}

TEST_F(GroupCreditTest, SamplesThatAreNotOkKeepTheirPlaceAndTouchNothing) {
  GroupSample failed{.ok = false, .reward = std::nan("")};
  const CreditedGroup group = Credit({Sample(1), failed, Sample(0)});
  EXPECT_EQ(group.advantages.values.size(), 2u);
  EXPECT_FALSE(group.samples[1].ok);
  EXPECT_TRUE(group.samples[1].weights.gamma.empty());
  EXPECT_LT(group.samples[2].advantage, 0);
}

TEST_F(GroupCreditTest, IsDroppedWithFewerOkSamplesThanMinOk) {
  rules_.min_ok = 3;
  const CreditedGroup group = Credit({Sample(1), GroupSample{}, Sample(0)});
  EXPECT_EQ(group.fate, GroupFate::kTooFewOk);
  EXPECT_EQ(group.samples.size(), 3u);
  EXPECT_TRUE(group.samples[0].weights.gamma.empty());
  EXPECT_EQ(Credit({}).fate, GroupFate::kTooFewOk);
}

TEST_F(GroupCreditTest, WithEqualRewardsIsDroppedUnlessKept) {
  EXPECT_EQ(Credit({Sample(1), Sample(1)}).fate, GroupFate::kZeroVariance);
  rules_.keep_zero_variance = true;
  const CreditedGroup kept = Credit({Sample(1), Sample(1)});
  EXPECT_EQ(kept.fate, GroupFate::kTrained);
  EXPECT_TRUE(kept.advantages.zero_variance);
  EXPECT_EQ(kept.samples[0].advantage, 0);
}

TEST_F(GroupCreditTest, MissingStatisticsAreAStatusNotASilent1) {
  const DecodedStats incomplete = Stats(7);
  GroupSample missing = Sample(1), short_of_a_row = Sample(0);
  missing.stats = nullptr;
  short_of_a_row.stats = &incomplete;
  const CreditedGroup group = Credit({missing, short_of_a_row});
  EXPECT_EQ(group.samples[0].stats_status, StatsStatus::kMissing);
  EXPECT_EQ(group.samples[1].stats_status, StatsStatus::kIncomplete);
  EXPECT_EQ(group.samples[1].weights.gamma, std::vector<double>(8, 1.0));
  EXPECT_EQ(group.samples[1].weights.reasons, (WeightReasons{.unmeasured = 8}));
}

TEST_F(GroupCreditTest, RolesReachTheWeights) {
  std::vector<TokenRole> roles(8, TokenRole::kTrained);
  roles[0] = TokenRole::kMasked;
  GroupSample masked = Sample(1);
  masked.roles = roles;
  EXPECT_EQ(Credit({masked, Sample(0)}).samples[0].weights.gamma[0], 1);
}

TEST_F(GroupCreditTest, SignsLookAtEachSamplesOwnAdvantage) {
  settings_.signs = Signs::kNonneg;
  const CreditedGroup group = Credit({Sample(1), Sample(0)});
  EXPECT_EQ(group.samples[0].weights.gamma[0], 1.5);
  EXPECT_EQ(group.samples[1].weights.gamma[0], 1);
}

TEST_F(GroupCreditTest, RefusesWhatDoesNotFitTogether) {
  const auto message = [&](const GroupSample& second) {
    const std::vector<GroupSample> group = {Sample(1), second};
    return std::string(CreditGroup(settings_, rules_, group).status().message());
  };
  GroupSample infinite = Sample(INFINITY), longer = Sample(0), roles = Sample(0);
  longer.response_tokens = 9;
  const std::vector<TokenRole> seven(7);
  roles.roles = seven;
  EXPECT_EQ(message(infinite), "sample 1 has the reward inf; it must be finite");
  EXPECT_EQ(message(longer), "sample 1 has 9 response tokens but 8 values of WAAD");
  EXPECT_EQ(message(roles), "sample 1 has 8 response tokens but 7 token roles");
}

TEST(GroupCreditNames, AreThoseOfLedgerAndMetrics) {
  EXPECT_EQ(Name(GroupFate::kTooFewOk), "too_few_ok");
  EXPECT_EQ(Name(GroupFate::kZeroVariance), "zero_variance");
  EXPECT_EQ(Name(GroupFate::kTrained), "trained");
  EXPECT_EQ(Name(StatsStatus::kOk), "ok");
  EXPECT_EQ(Name(StatsStatus::kIncomplete), "incomplete");
  EXPECT_EQ(Name(StatsStatus::kMissing), "missing");
}

}  // namespace
}  // namespace rubato
