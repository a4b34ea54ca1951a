// Calling a peer that may be away for a while.  Shows no gRPC.  Free functions, callable from any thread.
//
//   absl::StatusOr<LeaseReply> reply = CallWithRetry(policy, {"rollout worker-0", hub_address, "Lease"},
//   stop,
//       [&](absl::Duration timeout) { return client.Lease(request, timeout); });

#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"

namespace rubato {

struct RetryPolicy {
  // From the first try on; then the last error is final.
  absl::Duration total = absl::Seconds(120);
  // Given to each try; never more than what is left of `total`.
  absl::Duration per_try = absl::Seconds(30);
  BackoffOptions backoff = {};
  // Whether DEADLINE_EXCEEDED, and CANCELLED by a peer that shuts down, are tried again too: only where doing
  // it twice is the same as once.
  bool idempotent = true;
};

// Who waits for whom, for messages: "rollout worker-0", "127.0.0.1:7000", "Lease".
struct CallName {
  std::string role;
  std::string peer;
  std::string call;
};

// Time and sleep, so that tests need none.
struct RetryTime {
  const Clock* clock = &RealClock();
  // As SleepUnlessStopped, which is used when this is empty.
  std::function<bool(absl::Duration, const std::stop_token&)> sleep = {};
};

// Calls `attempt(timeout)` until it gives anything but UNAVAILABLE (or, if idempotent, DEADLINE_EXCEEDED or
// CANCELLED), which is returned as it is but for a prefix that names role, peer and call.  When `total` is
// over: UNAVAILABLE with the number of tries and the last error.  A stop request ends it with CANCELLED.
absl::Status CallWithRetry(const RetryPolicy& policy, const CallName& name, const std::stop_token& stop,
                           const std::function<absl::Status(absl::Duration timeout)>& attempt,
                           const RetryTime& time = {});

// The same for calls that give a value.
template <typename Attempt>
requires requires(Attempt attempt, absl::Duration timeout) { attempt(timeout).value(); }
auto CallWithRetry(const RetryPolicy& policy, const CallName& name, const std::stop_token& stop,
                   Attempt attempt, const RetryTime& time = {}) -> decltype(attempt(absl::Duration())) {
  std::optional<decltype(attempt(absl::Duration()))> last;
  const std::function<absl::Status(absl::Duration)> run = [&](absl::Duration timeout) {
    last = attempt(timeout);
    return last->status();
  };
  absl::Status status = CallWithRetry(policy, name, stop, run, time);
  if (!status.ok()) return status;
  return *std::move(last);
}

}  // namespace rubato
