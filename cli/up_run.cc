#include "cli/up_run.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "cli/interrupts.h"
#include "cli/status_line.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/log.h"

namespace rubato {

namespace {

constexpr absl::Duration kTick = absl::Milliseconds(50);
constexpr absl::Duration kPollEvery = absl::Milliseconds(250);
constexpr absl::Duration kPollTimeout = absl::Seconds(1);
// After the ranks are gone, workers and hub have nothing left to do but end.
constexpr absl::Duration kEndGrace = absl::Seconds(10);
constexpr absl::Duration kDrainLimit = absl::Seconds(120);
// From the last evaluation to the end of the last rank, which may still be writing its checkpoint.
constexpr absl::Duration kFinishLimit = absl::Seconds(120);

absl::Time Now() { return RealClock().Now(); }

const RoleStatus* FindRole(const RunStatus& status, const std::string& name) {
  for (const RoleStatus& role : status.roles()) {
    if (role.name() == name) return &role;
  }
  return nullptr;
}

std::string WhyItStops(const Death& death) {
  if (death.given_up) {
    return Concat(death.name, " was started ", death.starts, " times without progress");
  }
  return Concat("starting ", death.name, " again would end the same way");
}

}  // namespace

UpRun::UpRun(UpRunOptions options, Screen* screen)
    : options_(std::move(options)),
      screen_(screen),
      supervisor_(options_.node.run_directory, &RealClock()),
      stall_({}, Now()),
      times_(Now()) {
  if (!options_.node.resume) next_step_shown_ = 0;
}

void UpRun::Say(const std::string& text) { screen_->Line("rubato: " + text); }

void UpRun::Stop(Outcome outcome) {
  if (!outcome_) outcome_ = std::move(outcome);
}

int UpRun::Run() {
  std::error_code ignored;
  std::filesystem::remove(AddressFile(options_.node.run_directory), ignored);
  if (const absl::Status status = supervisor_.Start(PlanHub(options_.node)); !status.ok()) {
    Stop({ToInt(ExitCodeFor(status)), std::string(status.message())});
  }
  while (!outcome_) {
    Step();
    if (!outcome_) SleepUntilInterrupt(kTick);
  }
  screen_->Status("");
  supervisor_.EndAll(outcome_->grace);
  times_.Note(RunPart::kEnd, Now());
  LogInfo("run_ended", {{"exit_code", outcome_->exit_code}, {"message", outcome_->message}});
  if (!outcome_->message.empty()) Say(outcome_->message);
  return outcome_->exit_code;
}

void UpRun::Step() {
  HandleInterrupts();
  HandleDeaths();
  if (!outcome_ && !client_) StartRoles();
  if (!outcome_ && client_ && Now() >= next_poll_) PollStatus();
  if (!outcome_) WindDown();
}

void UpRun::HandleInterrupts() {
  const int count = InterruptCount();
  if (count >= 2) {
    Stop({ToInt(ExitCode::kTryAgain),
          Concat("ended at the second interrupt. Committed steps are safe; go on with: ", options_.go_on),
          absl::ZeroDuration()});
  } else if (count == 1 && phase_ == RunPhase::kFinishing) {
    Stop({ToInt(ExitCode::kTryAgain),
          Concat("ended while the processes were leaving. Every step is committed; go on with: ",
                 options_.go_on)});
  } else if (count == 1 && (phase_ == RunPhase::kStarting || phase_ == RunPhase::kRunning)) {
    BeginDrain();
  }
}

void UpRun::BeginDrain() {
  phase_ = RunPhase::kDraining;
  drain_since_ = Now();
  next_poll_ = absl::InfinitePast();
  LogInfo("drain_begins");
  if (client_) {
    Say("draining: the step in progress is finished and a checkpoint written. Interrupt again to end at "
        "once");
  } else {
    Stop({ToInt(ExitCode::kTryAgain), "ended before anything was trained"});
  }
}

void UpRun::HandleDeaths() {
  const std::vector<Death> deaths = supervisor_.Tick([this] { return PhaseNow(); });
  for (const Death& death : deaths) first_cause_.OnDeath(death);
  for (const Death& death : deaths) HandleDeath(death);
}

// A worker that ends because the run is finished knows it before the next poll.
RunPhase UpRun::PhaseNow() {
  if (client_ && phase_ == RunPhase::kRunning) PollStatus();
  return phase_;
}

void UpRun::HandleDeath(const Death& death) {
  if (death.decision.verdict == DeathVerdict::kEnded) return;
  stall_.OnRestart(Now());
  if (death.decision.verdict == DeathVerdict::kStopRun || death.given_up) return StopFor(death);
  std::string text = RenderDeath(death);
  text += absl::StrFormat("; it is started again in %.1fs", absl::ToDoubleSeconds(death.restart_in));
  if (death.starts <= 1) text += RenderLastLines(death);  // the next times say the same
  Say(text);
}

// What came first is said first.
void UpRun::StopFor(const Death& death) {
  const Death& first = *first_cause_.get();
  std::string message = RenderDeath(first) + RenderLastLines(first);
  if (first.name != death.name) message += Concat("\nrubato: ", RenderDeath(death), RenderLastLines(death));
  const int exit_code = death.given_up ? ToInt(ExitCode::kBug) : death.decision.exit_code;
  message += Concat("\nrubato: the run stops with exit code ", exit_code, ": ", WhyItStops(death),
                    ". Logs: ", options_.node.run_directory, "/logs");
  Stop({exit_code, message});
}

void UpRun::StartRoles() {
  const absl::StatusOr<std::string> address = ReadFile(AddressFile(options_.node.run_directory));
  if (!address.ok() || address->empty()) {
    Obey(stall_.OnSilence("it has not said where it listens", Now()));
    return;
  }
  const std::string hub = address->substr(0, address->find('\n'));
  absl::StatusOr<RunClient> client = RunClient::Connect(hub);
  if (!client.ok())
    return Stop({ToInt(ExitCodeFor(client.status())), std::string(client.status().message())});
  client_ = *std::move(client);
  if (phase_ == RunPhase::kStarting) phase_ = RunPhase::kRunning;
  // Started again, it must be where everyone knows it to be, and go on with what it has.
  NodeOptions node = options_.node;
  node.listen = hub;
  node.resume = true;
  supervisor_.Replan(PlanHub(node));
  for (ProcessSpec& spec : PlanRoles(options_.config, node, hub)) {
    const absl::Status status = supervisor_.Start(std::move(spec));
    if (!status.ok()) return Stop({ToInt(ExitCodeFor(status)), std::string(status.message())});
  }
}

void UpRun::PollStatus() {
  next_poll_ = Now() + kPollEvery;
  if (!supervisor_.Running("credit")) return;
  if (phase_ == RunPhase::kDraining && !(status_ && status_->draining())) {
    client_->Drain("rubato up was interrupted", kPollTimeout)
        .IgnoreError();  // asked again until Status shows it
  }
  const absl::StatusOr<RunStatus> status = client_->Status(kPollTimeout);
  if (status.ok()) {
    OnStatus(*status);
  } else {
    Obey(stall_.OnSilence(std::string(status.status().message()), Now()));
  }
}

void UpRun::OnStatus(const RunStatus& status) {
  times_.Note(PartOf(status), Now());
  NoteProgress(status);
  ShowNews(status);
  status_ = status;
  if (!status.failure().empty()) {
    const int code = status.failure_exit_code() != 0 ? status.failure_exit_code() : ToInt(ExitCode::kBug);
    return Stop({code, Concat("the run stopped itself (exit code ", code, "): ", status.failure())});
  }
  if (phase_ == RunPhase::kRunning && status.finished()) {
    phase_ = RunPhase::kFinishing;
    finished_since_ = Now();
  }
  if (phase_ == RunPhase::kRunning && status.draining()) BeginDrain();  // someone else asked for it
  Obey(stall_.OnStatus(status, Now()));
}

void UpRun::NoteProgress(const RunStatus& status) {
  if (!status_) return;
  if (status.next_step() > status_->next_step() || status.evals_size() > status_->evals_size()) {
    supervisor_.OnProgressOfAll();
    first_cause_.OnProgress();
  }
  for (const RoleStatus& role : status.roles()) {
    const RoleStatus* before = FindRole(*status_, role.name());
    if (before != nullptr && role.serving().step() > before->serving().step())
      supervisor_.OnProgress(role.name());
  }
}

void UpRun::ShowNews(const RunStatus& status) {
  if (!next_step_shown_) {
    next_step_shown_ = status.next_step();
    evals_shown_ = status.evals_size();
  }
  for (const StepSummary& step : status.recent()) {
    if (step.step() < *next_step_shown_) continue;
    ShowEvals(status, step.step());
    if (!screen_->live()) screen_->Line(RenderStep(step, status.steps()));
    next_step_shown_ = step.step() + 1;
  }
  ShowEvals(status, status.next_step());
  screen_->Status(RenderStatusLine(status, TerminalColumns() - 1));
}

// Those not shown yet of versions up to `step`.
void UpRun::ShowEvals(const RunStatus& status, uint64_t step) {
  for (; evals_shown_ < status.evals_size() && status.evals(evals_shown_).step() <= step; ++evals_shown_) {
    screen_->Line(RenderEval(status.evals(evals_shown_)));
  }
}

void UpRun::Obey(const StallReport& report) {
  if (!report.message.empty()) {
    Say(report.message);
    LogWarn("stall", {{"message", report.message}});
  }
  for (const std::string& name : report.to_kill) {
    Say(Concat(name, " is silent: killed, to be started again"));
    supervisor_.Kill(name);
  }
  if (!report.to_kill.empty()) stall_.OnRestart(Now());
}

// Ranks end by themselves when their work is done; then workers and hub are told to.
void UpRun::WindDown() {
  if (phase_ == RunPhase::kStarting || phase_ == RunPhase::kRunning) return;
  if (phase_ == RunPhase::kDraining && Now() - drain_since_ > kDrainLimit) {
    return Stop(
        {ToInt(ExitCode::kTryAgain),
         Concat("the drain took longer than ", absl::FormatDuration(kDrainLimit),
                "; ended without its checkpoint. Committed steps are safe; go on with: ", options_.go_on)});
  }
  if (supervisor_.AnyAlive(RoleKind::kRank)) {
    if (phase_ != RunPhase::kFinishing || Now() - finished_since_ <= kFinishLimit) return;
    return Stop(
        {ToInt(ExitCode::kTryAgain),
         Concat("every step is committed and evaluated, but a learner rank did not end within ",
                absl::FormatDuration(kFinishLimit),
                "; its last checkpoint may be missing. See logs/rank-*.log; go on with: ", options_.go_on)});
  }
  winding_since_ = std::min(winding_since_, Now());
  const bool overdue = Now() - winding_since_ > kEndGrace;
  if (supervisor_.AnyAlive(RoleKind::kWorker) && !overdue) return;
  if (phase_ == RunPhase::kDraining) {
    Stop({ToInt(ExitCode::kTryAgain), Concat("drained; go on with: ", options_.go_on)});
  } else {
    Stop({});
  }
}

}  // namespace rubato
