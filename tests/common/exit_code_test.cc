#include "common/exit_code.h"

#include <gtest/gtest.h>

#include "common/status.h"

namespace rubato {
namespace {

TEST(ExitCode, FollowsFromTheStatus) {
  const struct {
    absl::StatusCode status;
    int exit_code;
  } kTable[] = {
      {absl::StatusCode::kOk, 0},
      {absl::StatusCode::kInvalidArgument, 65},
      {absl::StatusCode::kNotFound, 65},
      {absl::StatusCode::kFailedPrecondition, 65},
      {absl::StatusCode::kAlreadyExists, 64},
      {absl::StatusCode::kUnavailable, 69},
      {absl::StatusCode::kDeadlineExceeded, 69},
      {absl::StatusCode::kResourceExhausted, 74},
      {absl::StatusCode::kAborted, 75},
      {absl::StatusCode::kCancelled, 75},
      {absl::StatusCode::kUnauthenticated, 77},
      {absl::StatusCode::kPermissionDenied, 77},
      {absl::StatusCode::kDataLoss, 70},
      {absl::StatusCode::kInternal, 70},
      {absl::StatusCode::kUnknown, 70},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(ToInt(ExitCodeFor(absl::Status(row.status, ""))), row.exit_code)
        << static_cast<int>(row.status);
  }
}

TEST(ExitCode, IsWhatWasRememberedEvenAfterAnnotation) {
  const absl::Status status = WithExitCode(absl::UnknownError("disk"), ExitCode::kIo);
  EXPECT_EQ(ExitCodeFor(Annotate(status, "ledger")), ExitCode::kIo);
}

TEST(ExitCode, OfOkIsDoneWhateverIsSaid) {
  EXPECT_EQ(ExitCodeFor(WithExitCode(absl::OkStatus(), ExitCode::kBug)), ExitCode::kDone);
}

}  // namespace
}  // namespace rubato
