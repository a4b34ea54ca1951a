#include "credit/run_plan.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

GroupId Id(uint32_t pass, uint64_t position) {
  GroupId id;
  id.set_pass(pass);
  id.set_position(position);
  return id;
}

// 3 steps of 4 groups over 5 rows: the second step straddles two passes.
constexpr RunPlan kPlan{.rows = 5, .steps = 3, .groups_per_step = 4, .group_size = 2};

TEST(RunPlan, NumbersGroupsThroughAllPasses) {
  for (uint64_t group = 0; group < kPlan.GroupCount(); ++group)
    EXPECT_EQ(*kPlan.NumberOf(kPlan.IdOf(group)), group);
  EXPECT_EQ(*kPlan.NumberOf(Id(1, 2)), 7u);
}

TEST(RunPlan, GivesEachGroupItsStepBeforeAnythingIsLeased) {
  EXPECT_EQ(kPlan.StepOf(3), 0u);
  EXPECT_EQ(kPlan.StepOf(4), 1u);
  EXPECT_EQ(kPlan.FirstGroup(2), 8u);
}

TEST(RunPlan, RefusesGroupsThatDoNotExist) {
  EXPECT_FALSE(kPlan.NumberOf(Id(0, 5)).ok());
  EXPECT_FALSE(kPlan.NumberOf(Id(2, 2)).ok()) << "group 12 of 12";
  EXPECT_FALSE(kPlan.NumberOf(Id(0xffffffff, 4)).ok());
  EXPECT_FALSE(kPlan.NumberOf(Id(0, ~uint64_t{0})).ok());
}

TEST(RunPlan, NamesSamplesForPeople) {
  SampleKey key;
  *key.mutable_group() = Id(2, 17);
  key.set_index(5);
  EXPECT_EQ(NameOf(key), "2/17/5");
}

}  // namespace
}  // namespace rubato
