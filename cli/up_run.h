// One run on this machine, from the start of the hub to the end of the last process.
//
// Everything happens on the thread that calls Run, which lives as long as the run: it starts the processes,
// watches them, asks the hub for the run's status, shows it, and drains at the first interrupt.

#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cli/first_cause.h"
#include "cli/process_plan.h"
#include "cli/run_client.h"
#include "cli/run_times.h"
#include "cli/screen.h"
#include "cli/stall_watch.h"
#include "cli/supervisor.h"

namespace rubato {

struct UpRunOptions {
  RunConfig config;  // resolved
  NodeOptions node;
  std::string go_on;  // the command that goes on with the run, for people
};

class UpRun {
 public:
  UpRun(UpRunOptions options, Screen* screen);

  // The exit code: 0 when all steps and evaluations are done, 75 when drained, otherwise why it stopped.
  int Run();

  // The last the hub told, for whoever sums up.
  const std::optional<RunStatus>& last_status() const { return status_; }
  const RunTimes& times() const { return times_; }

 private:
  struct Outcome {
    int exit_code = 0;
    std::string message;
    absl::Duration grace = absl::Seconds(5);  // before what still runs is killed
  };

  void Step();
  void HandleInterrupts();
  void BeginDrain();
  void HandleDeaths();
  RunPhase PhaseNow();
  void HandleDeath(const Death& death);
  void StopFor(const Death& death);
  void StartRoles();
  void PollStatus();
  void OnStatus(const RunStatus& status);
  void NoteProgress(const RunStatus& status);
  void ShowNews(const RunStatus& status);
  void ShowEvals(const RunStatus& status, uint64_t step);
  void Obey(const StallReport& report);
  void WindDown();
  void Stop(Outcome outcome);
  void Say(const std::string& text);

  UpRunOptions options_;
  Screen* screen_;
  Supervisor supervisor_;
  StallWatch stall_;
  RunTimes times_;
  FirstCause first_cause_;
  RunPhase phase_ = RunPhase::kStarting;
  std::optional<RunClient> client_;  // once the hub listens
  std::optional<RunStatus> status_;
  std::optional<uint64_t> next_step_shown_;
  int evals_shown_ = 0;
  absl::Time next_poll_ = absl::InfinitePast();
  absl::Time winding_since_ = absl::InfiniteFuture();  // since when there is nothing left to do but end
  absl::Time drain_since_ = absl::InfiniteFuture();
  absl::Time finished_since_ = absl::InfiniteFuture();
  std::optional<Outcome> outcome_;
};

}  // namespace rubato
