// Passing errors on.
//
//   RETURN_IF_ERROR(WriteFileAtomically(path, text));
//   ASSIGN_OR_RETURN(std::string text, ReadFile(path));
//
// An error is an absl::Status whose code says what the caller should do: UNAVAILABLE - try the call again;
// ABORTED - try the larger operation again; FAILED_PRECONDITION - mend the state first; INVALID_ARGUMENT -
// what was given is wrong, and the message names field and value.

#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RUBATO_JOIN_(a, b) a##b
#define RUBATO_JOIN(a, b) RUBATO_JOIN_(a, b)

// `expression` gives an absl::Status; the calling function returns it unless it is OK.
#define RETURN_IF_ERROR(expression)                                                           \
  do {                                                                                        \
    if (absl::Status rubato_status = (expression); !rubato_status.ok()) return rubato_status; \
  } while (false)

// `expression` gives an absl::StatusOr<T>; its value goes to `target`, its error out of the calling function.
// A target whose type holds a comma needs parentheses or an alias.
#define ASSIGN_OR_RETURN(target, ...) \
  RUBATO_ASSIGN_OR_RETURN_(RUBATO_JOIN(rubato_status_or_, __LINE__), target, __VA_ARGS__)
#define RUBATO_ASSIGN_OR_RETURN_(status_or, target, ...) \
  auto status_or = (__VA_ARGS__);                        \
  if (!status_or.ok()) return status_or.status();        \
  target = *std::move(status_or)

namespace rubato {

// The same error with `context` and ": " before its message: code and payloads stay.  OK stays OK.
absl::Status Annotate(const absl::Status& status, std::string_view context);

}  // namespace rubato
