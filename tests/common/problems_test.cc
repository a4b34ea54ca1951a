#include "common/problems.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(Problems, AreOkWhenThereAreNone) { EXPECT_TRUE(Problems().ToStatus().ok()); }

TEST(Problems, AreReportedTogetherInOrderAndOnce) {
  Problems problems;
  problems.Add("b");
  problems.Add("a");
  problems.Add("b");
  EXPECT_EQ(problems.ToStatus().message(), "b\na");
  EXPECT_EQ(problems.ToStatus().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Problems, EndTheProgramAsTheCallerSays) {
  Problems problems;
  problems.Add("x");
  EXPECT_EQ(ExitCodeFor(problems.ToStatus()), ExitCode::kBadData);
  EXPECT_EQ(ExitCodeFor(problems.ToStatus(ExitCode::kUsage)), ExitCode::kUsage);
}

}  // namespace
}  // namespace rubato
