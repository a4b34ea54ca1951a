// What the end of a process means for the run.  A pure decision; tests/cli/death_policy_test.cc is its table.

#pragma once

#include <string>

#include "common/process.h"

namespace rubato {

enum class RoleKind { kHub, kRank, kWorker };

enum class RunPhase {
  kStarting,  // the hub has not listened yet
  kRunning,
  kDraining,   // asked to stop: save and end
  kFinishing,  // every step and evaluation is done
};

enum class DeathVerdict {
  kEnded,    // as it should be: leave it
  kRestart,  // start it again
  kStopRun,  // starting it again would end the same way
};

struct DeathDecision {
  DeathVerdict verdict = DeathVerdict::kRestart;
  int exit_code = 0;  // kStopRun: that of `rubato up`
  // Probably because something else died, not a cause of its own: lost peers and hubs.
  bool consequence = false;
};

// 64, 65, 74 and 77 stop the run with the same code; 69, 75 and every crash lead to a restart; 0 is an end
// only where the phase says that the role has no work left.
DeathDecision DecideOnDeath(RoleKind role, const ProcessExit& exit, RunPhase phase);

// What an exit code says, for people: "bad data or model".  Empty for codes without a meaning.
std::string MeaningOfExitCode(int code);

}  // namespace rubato
