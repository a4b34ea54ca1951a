#include "common/exit_code.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"

namespace rubato {
namespace {

constexpr char kPayload[] = "rubato/exit_code";

ExitCode Implied(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kAlreadyExists:
      return ExitCode::kUsage;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kFailedPrecondition:
      return ExitCode::kBadData;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kIo;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
      return ExitCode::kTryAgain;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kCredentials;
    default:
      return ExitCode::kBug;
  }
}

}  // namespace

absl::Status WithExitCode(absl::Status status, ExitCode code) {
  // Setting a payload on OK does nothing.
  status.SetPayload(kPayload, absl::Cord(std::to_string(ToInt(code))));
  return status;
}

ExitCode ExitCodeFor(const absl::Status& status) {
  if (auto payload = status.GetPayload(kPayload)) {
    int code = 0;
    if (absl::SimpleAtoi(std::string(*payload), &code)) return static_cast<ExitCode>(code);
  }
  return Implied(status.code());
}

int ToInt(ExitCode code) { return static_cast<int>(code); }

}  // namespace rubato
