#include "common/rpc/retry.h"

#include <algorithm>

#include "common/concat.h"
#include "common/log.h"
#include "common/rng.h"
#include "common/status.h"
#include "common/stoppable_wait.h"

namespace rubato {
namespace {

// A server that shuts down cancels calls that reach it at that moment; nobody here asked for it.
bool CancelledByPeer(const absl::Status& status, const std::stop_token& stop) {
  return absl::IsCancelled(status) && !stop.stop_requested();
}

bool MayTryAgain(const absl::Status& status, const RetryPolicy& policy, const std::stop_token& stop) {
  if (absl::IsUnavailable(status)) return true;
  return policy.idempotent && (absl::IsDeadlineExceeded(status) || CancelledByPeer(status, stop));
}

std::string Describe(const CallName& name) {
  return Concat(name.role, " called ", name.call, " at ", name.peer);
}

absl::Status Stopped(const CallName& name) {
  return absl::CancelledError(Concat(Describe(name), ": stopped while waiting for an answer"));
}

absl::Status GaveUp(const CallName& name, const absl::Status& last, int tries, absl::Duration spent) {
  return absl::UnavailableError(Concat(Describe(name), ": no answer in ", absl::FormatDuration(spent),
                                       " and ", tries, " tries; the last error was ", last.ToString()));
}

void LogAway(const CallName& name, const absl::Status& status) {
  LogWarn("peer_away",
          {{"caller", name.role}, {"peer", name.peer}, {"call", name.call}, {"error", status.ToString()}});
}

void LogBack(const CallName& name, int tries, absl::Duration spent) {
  LogInfo("peer_back", {{"caller", name.role},
                        {"peer", name.peer},
                        {"call", name.call},
                        {"tries", tries},
                        {"seconds", absl::ToDoubleSeconds(spent)}});
}

}  // namespace

absl::Status CallWithRetry(const RetryPolicy& policy, const CallName& name, const std::stop_token& stop,
                           const std::function<absl::Status(absl::Duration timeout)>& attempt,
                           const RetryTime& time) {
  const absl::Time start = time.clock->Now();
  Backoff backoff(policy.backoff, Hash64(Describe(name)));
  for (int tries = 1;; ++tries) {
    if (stop.stop_requested()) return Stopped(name);
    const absl::Duration left = policy.total - (time.clock->Now() - start);
    const absl::Status status = attempt(std::min(left, policy.per_try));
    const absl::Duration spent = time.clock->Now() - start;
    if (!MayTryAgain(status, policy, stop)) {
      if (tries > 1) LogBack(name, tries, spent);
      if (stop.stop_requested() && absl::IsCancelled(status)) return Stopped(name);
      return Annotate(status, Describe(name));
    }
    if (tries == 1) LogAway(name, status);
    const absl::Duration wait = backoff.Next();
    if (spent + wait >= policy.total) return GaveUp(name, status, tries, spent);
    const bool slept = time.sleep ? time.sleep(wait, stop) : SleepUnlessStopped(wait, stop);
    if (!slept) return Stopped(name);
  }
}

}  // namespace rubato
