#include "cli/run_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/exit_code.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

TEST(RunLock, IsHeldByOneAndNamesIt) {
  const absl::StatusOr<RunLock> first = RunLock::Take(::testing::TempDir());
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = RunLock::Take(::testing::TempDir()).status();
  EXPECT_EQ(ExitCodeFor(second), ExitCode::kUnavailable);
  EXPECT_THAT(std::string(second.message()), HasSubstr("process " + std::to_string(getpid())));
}

TEST(RunLock, IsFreeAgainWhenItsHolderIsGone) {
  { ASSERT_TRUE(RunLock::Take(::testing::TempDir()).ok()); }
  EXPECT_TRUE(RunLock::Take(::testing::TempDir()).ok());
}

}  // namespace
}  // namespace rubato
