#include "cli/supervisor.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "cli/log_tail.h"
#include "cli/status_line.h"
#include "common/concat.h"
#include "common/log.h"
#include "common/status.h"

namespace rubato {

namespace {

constexpr size_t kLastLines = 8;

std::string Describe(const ProcessExit& exit, absl::Duration lived) {
  const std::string meaning = exit.signalled ? "" : MeaningOfExitCode(exit.code);
  const double seconds = absl::ToDoubleSeconds(lived);
  return Concat(exit.ToString(), meaning.empty() ? "" : Concat(" (", meaning, ")"), " after ",
                seconds < 10 ? absl::StrFormat("%.1fs", seconds) : RenderDuration(seconds));
}

}  // namespace

Supervisor::Supervisor(std::string run_directory, const Clock* clock)
    : run_directory_(std::move(run_directory)), clock_(clock) {}

absl::Status Supervisor::Launch(Child* child) {
  child->restart_at.reset();
  child->started = clock_->Now();
  const std::string log_file = LogFile(run_directory_, child->spec.name);
  std::error_code none_yet;
  const uintmax_t log_size = std::filesystem::file_size(log_file, none_yet);
  child->log_begin = none_yet ? 0 : log_size;
  const ProcessOutput log = ProcessOutput::AppendToFile(log_file);
  SubprocessOptions options;
  options.argv = child->spec.argv;
  options.out = log;
  options.err = log;
  options.die_with_parent = true;
  policy_.OnStart(child->spec.name);
  ASSIGN_OR_RETURN(child->process, Subprocess::Start(options));
  LogInfo("process_started", {{"name", child->spec.name},
                              {"pid", child->process->pid()},
                              {"start", policy_.StartsOf(child->spec.name)}});
  return absl::OkStatus();
}

absl::Status Supervisor::Start(ProcessSpec spec) {
  Child& child = children_.emplace_back();
  child.spec = std::move(spec);
  return Annotate(Launch(&child), Concat("cannot start ", child.spec.name));
}

void Supervisor::Replan(const ProcessSpec& spec) {
  for (Child& child : children_) {
    if (child.spec.name == spec.name) child.spec = spec;
  }
}

Death Supervisor::Bury(Child* child, const ProcessExit& exit, RunPhase phase) {
  const absl::Time now = clock_->Now();
  child->process.reset();
  Death death;
  death.name = child->spec.name;
  death.kind = child->spec.kind;
  death.how = Describe(exit, now - child->started);
  death.starts = policy_.StartsOf(death.name);
  death.decision = DecideOnDeath(child->spec.kind, exit, phase);
  if (death.decision.verdict != DeathVerdict::kEnded) {
    death.last_lines = ReadLogTail(LogFile(run_directory_, death.name), child->log_begin, kLastLines);
  }
  if (death.decision.verdict == DeathVerdict::kRestart) {
    const std::optional<absl::Duration> wait = policy_.OnDeath(child->spec.name);
    death.given_up = !wait.has_value();
    death.restart_in = wait.value_or(absl::InfiniteDuration());
    if (wait) child->restart_at = now + *wait;
  }
  LogInfo("process_ended",
          {{"name", death.name}, {"how", death.how}, {"restarts", child->restart_at.has_value()}});
  return death;
}

std::vector<Death> Supervisor::Tick(const std::function<RunPhase()>& phase) {
  std::vector<Death> deaths;
  for (Child& child : children_) {
    if (child.process) {
      const std::optional<ProcessExit> exit = child.process->Wait(absl::ZeroDuration());
      if (exit) deaths.push_back(Bury(&child, *exit, phase()));
    } else if (child.restart_at && clock_->Now() >= *child.restart_at) {
      if (absl::Status status = Launch(&child); !status.ok()) {
        LogError("process_not_started", {{"name", child.spec.name}, {"error", status.ToString()}});
        deaths.push_back(Bury(&child, {.signalled = false, .code = 69}, phase()));
        deaths.back().how = std::string(status.message());
      }
    }
  }
  return deaths;
}

bool Supervisor::Running(const std::string& name) const {
  return std::any_of(children_.begin(), children_.end(), [&](const Child& child) {
    return child.spec.name == name && child.process.has_value();
  });
}

bool Supervisor::AnyAlive(RoleKind kind) const {
  return std::any_of(children_.begin(), children_.end(), [&](const Child& child) {
    return child.spec.kind == kind && (child.process.has_value() || child.restart_at.has_value());
  });
}

void Supervisor::Signal(RoleKind kind, int signal) {
  for (Child& child : children_) {
    if (child.spec.kind == kind && child.process) child.process->Kill(signal);
  }
}

void Supervisor::Kill(const std::string& name) {
  for (Child& child : children_) {
    if (child.spec.name == name && child.process) child.process->Kill(SIGKILL);
  }
}

void Supervisor::EndAll(absl::Duration grace) {
  for (Child& child : children_) {
    child.restart_at.reset();
    if (child.process) child.process->Kill(SIGTERM);
  }
  const absl::Time deadline = clock_->Now() + grace;
  for (Child& child : children_) {
    if (child.process) child.process->Wait(std::max(deadline - clock_->Now(), absl::ZeroDuration()));
    child.process.reset();  // kills what is left
  }
}

}  // namespace rubato
