// The process tree of a run: starts, watches, restarts and ends the roles.
//
// Owned by one thread, which must live as long as the run: the children die with it (common/process.h).
// Nothing here blocks but EndAll.  Output of a child goes to its log file.
//
// Every start and end is an event of the log: process_started {name, pid, start}, process_ended {name, how,
// ...}.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/death_policy.h"
#include "cli/process_plan.h"
#include "cli/restart_policy.h"
#include "common/clock.h"
#include "common/process.h"

namespace rubato {

// How a process ended, and what becomes of it.
struct Death {
  std::string name;
  RoleKind kind = RoleKind::kHub;
  std::string how;                      // "signal 9 (Killed) after 3s"
  std::vector<std::string> last_lines;  // of what it logged since its start
  int starts = 0;                       // since its last progress
  DeathDecision decision;
  bool given_up = false;      // started too often without progress
  absl::Duration restart_in;  // kRestart
};

class Supervisor {
 public:
  // `clock` outlives the supervisor.
  Supervisor(std::string run_directory, const Clock* clock);

  // Starts a process and keeps it running from now on.  Errors: its program cannot be executed, or its log
  // cannot be written (exit 74).
  absl::Status Start(ProcessSpec spec);

  // Reaps what has ended and starts again what is due.  Gives every death since the last call, a start that
  // fails counting as one.  `phase` is asked only when something has died: what the caller knows of the run
  // may be older than that death.
  std::vector<Death> Tick(const std::function<RunPhase()>& phase);

  // Changes the arguments of later starts of `name`.
  void Replan(const ProcessSpec& spec);

  void OnProgress(const std::string& name) { policy_.OnProgress(name); }
  void OnProgressOfAll() { policy_.OnProgressOfAll(); }

  bool Running(const std::string& name) const;
  // Whether a process of this kind runs or waits to be started again.
  bool AnyAlive(RoleKind kind) const;
  void Signal(RoleKind kind, int signal);
  void Kill(const std::string& name);

  // SIGTERM to all; SIGKILL to what is left after `grace`.
  void EndAll(absl::Duration grace);

 private:
  struct Child {
    ProcessSpec spec;
    std::optional<Subprocess> process;
    std::optional<absl::Time> restart_at;
    absl::Time started;
    uint64_t log_begin = 0;  // where its log begins in the file, which earlier lives share
  };
  absl::Status Launch(Child* child);
  Death Bury(Child* child, const ProcessExit& exit, RunPhase phase);

  std::string run_directory_;
  const Clock* clock_;
  RestartPolicy policy_;
  std::vector<Child> children_;  // in the order of Start
};

}  // namespace rubato
