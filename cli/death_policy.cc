#include "cli/death_policy.h"

namespace rubato {

namespace {

bool IsFatal(int code) { return code == 64 || code == 65 || code == 74 || code == 77; }

// Whether a role that ended with this code had nothing left to do.
bool IsExpectedEnd(RoleKind role, int code, RunPhase phase) {
  const bool done = code == 0, saved = code == 0 || code == 75;
  switch (phase) {
    case RunPhase::kStarting:
      return false;
    case RunPhase::kRunning:
      // A rank leaves when it knows that all steps are committed, which may be before `up` knows.
      return role == RoleKind::kRank && done;
    case RunPhase::kDraining:
      return saved;
    case RunPhase::kFinishing:
      return done;
  }
  return false;
}

}  // namespace

DeathDecision DecideOnDeath(RoleKind role, const ProcessExit& exit, RunPhase phase) {
  if (exit.signalled) {
    // Without work left, nobody misses a worker.
    const bool missed =
        role != RoleKind::kWorker || phase == RunPhase::kRunning || phase == RunPhase::kStarting;
    return {missed ? DeathVerdict::kRestart : DeathVerdict::kEnded, 0, false};
  }
  const bool never_worked = phase == RunPhase::kStarting && exit.code != 0;
  if (IsFatal(exit.code) || never_worked) return {DeathVerdict::kStopRun, exit.code, false};
  if (IsExpectedEnd(role, exit.code, phase)) return {DeathVerdict::kEnded, 0, false};
  if (role == RoleKind::kWorker && (phase == RunPhase::kDraining || phase == RunPhase::kFinishing))
    return {DeathVerdict::kEnded, 0, false};
  return {DeathVerdict::kRestart, 0, exit.code == 69 || exit.code == 75};
}

std::string MeaningOfExitCode(int code) {
  switch (code) {
    case 0:
      return "done";
    case 64:
      return "command line or configuration";
    case 65:
      return "bad data or model";
    case 69:
      return "something it needs is not there";
    case 70:
      return "a bug";
    case 74:
      return "disk or file";
    case 75:
      return "state saved, try again";
    case 77:
      return "credentials";
    default:
      return "";
  }
}

}  // namespace rubato
