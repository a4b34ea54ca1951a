// Notices that a run stands still, and says who holds it up.  A pure state machine: time is passed in.
//
// Anything that moves is progress: a step, an evaluation, a sample that became terminal.  After `warn_after`
// without any there is one message, and another each time the wait has doubled.  After `kill_after` the roles
// that have been silent that long are to be killed, so that they are started again: a process that is stopped
// or hangs does not end by itself.  A hub that has not answered for `kill_hub_after` is to be killed, too.
//
// A value; not thread-safe.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "proto/run.pb.h"

namespace rubato {

struct StallOptions {
  absl::Duration warn_after = absl::Seconds(30);
  absl::Duration kill_after = absl::Seconds(150);
  absl::Duration kill_hub_after = absl::Seconds(60);  // its clients give up after 120 s
};

struct StallReport {
  std::string message;               // empty: nothing to say
  std::vector<std::string> to_kill;  // names of roles; "credit" when the hub itself is silent
};

class StallWatch {
 public:
  StallWatch(const StallOptions& options, absl::Time now)
      : options_(options), last_progress_(now), last_answer_(now) {}

  // The hub answered.
  StallReport OnStatus(const RunStatus& status, absl::Time now);
  // The hub did not answer RunControl.Status; `error` says why.
  StallReport OnSilence(const std::string& error, absl::Time now);
  // Something was started anew: it gets the whole time again.
  void OnRestart(absl::Time now);

 private:
  bool IsDue(absl::Duration waited);
  // What moves when the run moves.
  static std::string Footprint(const RunStatus& status);

  StallOptions options_;
  absl::Time last_progress_;
  absl::Time last_answer_;
  std::string footprint_;
  absl::Duration next_warning_ = absl::ZeroDuration();  // zero: the first
};

}  // namespace rubato
