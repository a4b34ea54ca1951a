#include "credit/eval_plan.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(EvalPlan, EvaluatesTheFirstTheLastAndEveryNth) {
  const EvalPlan plan{.data_rows = 10, .every = 4, .steps = 10};
  for (uint64_t version = 0; version <= 12; ++version) {
    EXPECT_EQ(plan.Due(version), version == 0 || version == 4 || version == 8 || version == 10) << version;
  }
}

TEST(EvalPlan, EvaluatesTheEndsOnlyWhenEveryIsZero) {
  const EvalPlan plan{.data_rows = 10, .every = 0, .steps = 3};
  EXPECT_TRUE(plan.Due(0) && plan.Due(3));
  EXPECT_FALSE(plan.Due(1) || plan.Due(2));
}

TEST(EvalPlan, EvaluatesNothingWithoutData) {
  EXPECT_FALSE((EvalPlan{.data_rows = 0, .every = 1, .steps = 3}).Due(0));
}

TEST(EvalPlan, TakesFewerRowsInBetween) {
  EvalPlan plan{.data_rows = 100, .every = 1, .rows = 50, .rows_between = 20, .steps = 3};
  EXPECT_EQ(plan.RowsOf(0), 50u);
  EXPECT_EQ(plan.RowsOf(1), 20u);
  EXPECT_EQ(plan.RowsOf(3), 50u);
  plan.rows_between = 0;
  EXPECT_EQ(plan.RowsOf(1), 50u);
  plan.rows = 0;
  EXPECT_EQ(plan.RowsOf(0), 100u);
  plan.rows = 1000;
  EXPECT_EQ(plan.RowsOf(0), 100u) << "no more rows than there are";
}

}  // namespace
}  // namespace rubato
