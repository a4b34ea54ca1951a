// When a role that died is started again, and when that is given up.  A pure state machine: time is passed in
// by whoever waits.
//
// Waits double from 0.5 s to 8 s with each start that led to no progress.  More than five such starts of a
// role: give up.  Progress of the hub and the ranks is a committed step; of a worker, a newer version that it
// serves, or a committed step.
//
// A value; not thread-safe.

#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace rubato {

class RestartPolicy {
 public:
  static constexpr int kMostStarts = 5;  // without progress

  void OnStart(const std::string& role) { ++starts_[role]; }
  // How long to wait before `role` is started again; nothing: give up.
  std::optional<absl::Duration> OnDeath(const std::string& role) const;
  void OnProgress(const std::string& role) { starts_[role] = 0; }
  void OnProgressOfAll();

  // Since the role's last progress.
  int StartsOf(const std::string& role) const;

 private:
  std::map<std::string, int> starts_;
};

}  // namespace rubato
