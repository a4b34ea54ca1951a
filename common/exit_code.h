// What a program says to whoever started it.
//
// Most statuses imply their exit code.  Where the same absl code must end differently, whoever makes the
// error says so with WithExitCode: a full disk and a full queue are both RESOURCE_EXHAUSTED, but only one of
// them is I/O.

#pragma once

#include "absl/status/status.h"

namespace rubato {

enum class ExitCode : int {
  kDone = 0,
  kUsage = 64,        // command line or configuration
  kBadData = 65,      // data, model or a peer that does not fit
  kUnavailable = 69,  // something needed is not there: hub, port
  kBug = 70,          // our own mistake, or a replay that differs from what was recorded
  kIo = 74,           // disk full, unwritable, failed fsync
  kTryAgain = 75,     // state is saved, start it again
  kCredentials = 77,
};

// The same status, remembering `code` for ExitCodeFor.  OK stays OK.  The mark does not travel over gRPC.
absl::Status WithExitCode(absl::Status status, ExitCode code);

// The remembered code, or else: OK 0; INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE, FAILED_PRECONDITION 65;
// UNAVAILABLE, DEADLINE_EXCEEDED 69; ABORTED, CANCELLED 75; UNAUTHENTICATED, PERMISSION_DENIED 77;
// ALREADY_EXISTS 64; RESOURCE_EXHAUSTED 74; DATA_LOSS and the rest 70.
ExitCode ExitCodeFor(const absl::Status& status);

// As a number for `return` in main.
int ToInt(ExitCode code);

}  // namespace rubato
