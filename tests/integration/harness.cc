#include "tests/integration/harness.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {

namespace fs = std::filesystem;

namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(20);

// A few small steps of the Countdown example.  Groups of equal rewards stay in the batch, so that the number
// of trained samples does not depend on luck.
constexpr char kTinyConfig[] = R"(run: {name: tiny, seed: 7, steps: 4}
policy: {model: %s}
data: {train: data/train.jsonl, eval: data/validation.jsonl}
rollout: {max_new_tokens: 64, lease_seconds: 5}
batch: {groups: 4, group_size: 4, keep_zero_variance: true}
learner: {ranks: %d, lr: 1.0e-3, collective_timeout_seconds: 20, loss_mean: token}
eval: {rows: 4}
checkpoint: {every: 2, keep: 2}
)";

std::string ReadAll(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Whole lines only.
std::vector<Json> ReadJsonLines(const fs::path& path) {
  const std::string text = ReadAll(path);
  std::vector<Json> lines;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    absl::StatusOr<Json> line = Json::Parse(std::string_view(text).substr(begin, end - begin));
    if (line.ok()) lines.push_back(*std::move(line));
  }
  return lines;
}

absl::Status RunToEnd(const std::vector<std::string>& argv, const std::string& log) {
  SubprocessOptions options;
  options.argv = argv;
  options.out = options.err = ProcessOutput::AppendToFile(log);
  ASSIGN_OR_RETURN(Subprocess process, Subprocess::Start(options));
  const std::optional<ProcessExit> exit = process.Wait(absl::Seconds(60));
  if (exit && exit->ok()) return absl::OkStatus();
  return absl::InternalError(
      Concat(argv[0], " ", argv[1], ": ", exit ? exit->ToString() : "no end", "\n", ReadAll(log)));
}

// Adds --failpoint to the command line of one rank.
std::string FailingLearner(const RankFailpoint& failpoint) {
  const std::string learner = fs::canonical(ProgramPath("learner/rubato-learner-failpoints"));
  return Concat("[[ \" $* \" == *\" --rank=", failpoint.rank,
                " \"* ]] && set -- \"$@\" --failpoint=", failpoint.name, "@", failpoint.step, "\nexec '",
                learner, "' \"$@\"");
}

// A directory of programs in which some are played by scripts: `rubato` looks beside itself first.  Gives the
// path of that `rubato`.
absl::StatusOr<std::string> MakePrograms(const std::string& directory,
                                         const std::map<std::string, std::string>& scripts) {
  const fs::path programs = fs::path(directory) / "bin";
  fs::create_directories(programs);
  fs::copy_file(fs::canonical(ProgramPath("cli/rubato")), programs / "rubato",
                fs::copy_options::overwrite_existing);
  for (const char* path :
       {"credit/rubato-credit", "learner/rubato-learner", "rollout/rubato-rollout", "tasks/rubato-verify"}) {
    const fs::path program = programs / fs::path(path).filename();
    const auto script = scripts.find(program.filename());
    fs::remove(program);
    if (script == scripts.end()) {
      fs::create_symlink(fs::canonical(ProgramPath(path)), program);
    } else {
      RETURN_IF_ERROR(WriteFileAtomically(program, Concat("#!/bin/bash\n", script->second, "\n")));
      fs::permissions(program, fs::perms::owner_all);
    }
  }
  return (programs / "rubato").string();
}

}  // namespace

std::string ProgramPath(const std::string& path) { return fs::absolute(path); }

std::string FreshDirectory() {
  const char* parent = getenv("TEST_TMPDIR");
  std::string pattern = Concat(parent != nullptr ? parent : "/tmp", "/run.XXXXXX");
  return mkdtemp(pattern.data());
}

absl::Status WriteTinyRun(const std::string& directory, int ranks) {
  const std::string model = fs::canonical(ProgramPath("examples/countdown/base/config.json")).parent_path();
  char config[2048];
  snprintf(config, sizeof config, kTinyConfig, model.c_str(), ranks);
  RETURN_IF_ERROR(WriteFileAtomically(directory + "/tiny.yaml", config));
  return RunToEnd({ProgramPath("cli/rubato"), "data", "countdown", Concat("--out=", directory, "/data"),
                   "--train=64", "--validation=8", "--heldout=8"},
                  directory + "/data.log");
}

absl::StatusOr<std::unique_ptr<LiveRun>> LiveRun::Start(const LiveRunOptions& options) {
  std::unique_ptr<LiveRun> run(new LiveRun);
  run->directory_ = options.directory.empty() ? FreshDirectory() : options.directory;
  run->run_directory_ = options.resume.empty() ? run->directory_ + "/run" : options.resume;
  std::string program = ProgramPath("cli/rubato");
  std::map<std::string, std::string> scripts = options.scripts;
  if (options.failpoint) scripts["rubato-learner"] = FailingLearner(*options.failpoint);
  if (!scripts.empty()) {
    ASSIGN_OR_RETURN(program, MakePrograms(run->directory_, scripts));
  }
  SubprocessOptions up;
  up.argv = {program, "up"};
  if (options.resume.empty()) {
    RETURN_IF_ERROR(WriteTinyRun(run->directory_, options.ranks));
    up.argv.insert(up.argv.end(), {run->directory_ + "/tiny.yaml", "--run", run->run_directory_});
  } else {
    up.argv.insert(up.argv.end(), {"--resume", options.resume});
  }
  up.argv.push_back(Concat("--workers=", options.workers));
  up.argv.insert(up.argv.end(), options.up_flags.begin(), options.up_flags.end());
  up.argv.insert(up.argv.end(), options.overrides.begin(), options.overrides.end());
  up.out = up.err = ProcessOutput::AppendToFile(run->directory_ + "/output.txt");
  up.die_with_parent = true;
  ASSIGN_OR_RETURN(run->up_, Subprocess::Start(up));
  return run;
}

LiveRun::~LiveRun() = default;

absl::Status LiveRun::WaitUntil(const std::string& what, absl::Duration timeout,
                                const std::function<bool()>& done) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!done()) {
    if (const std::optional<ProcessExit> exit = up_->Wait(kPoll); exit && !done()) {
      return absl::FailedPreconditionError(
          Concat("rubato up ended (", exit->ToString(), ") before ", what, "\n", Describe()));
    }
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          Concat("no ", what, " within ", absl::FormatDuration(timeout), "\n", Describe()));
    }
  }
  return absl::OkStatus();
}

absl::Status LiveRun::WaitForCommit(uint64_t step, absl::Duration timeout) {
  return WaitUntil(Concat("commit of step ", step), timeout, [&] { return CommittedSteps().contains(step); });
}

std::set<uint64_t> LiveRun::CommittedSteps() const {
  std::set<uint64_t> steps;
  for (const Json& event : History()) {
    const absl::StatusOr<uint64_t> step = event.GetUint("step");
    if (event.GetStringOr("event", "").value() == "committed" && step.ok()) steps.insert(*step);
  }
  return steps;
}

absl::Status LiveRun::WaitForEvent(const std::string& name, absl::Duration timeout) {
  return WaitUntil(Concat("event ", name), timeout, [&] {
    for (const Json& event : History()) {
      if (event.GetStringOr("event", "").value() == name) return true;
    }
    return false;
  });
}

std::vector<Json> LiveRun::UpEvents(const std::string& name, const std::string& role) const {
  std::vector<Json> events;
  for (Json& event : ReadJsonLines(run_directory_ + "/logs/up.log")) {
    if (event.GetStringOr("event", "").value() == name && event.GetStringOr("name", "").value() == role) {
      events.push_back(std::move(event));
    }
  }
  return events;
}

absl::StatusOr<pid_t> LiveRun::PidOf(const std::string& role) const {
  const std::vector<Json> starts = UpEvents("process_started", role);
  if (starts.empty()) return absl::NotFoundError(Concat(role, " was not started"));
  ASSIGN_OR_RETURN(const int64_t pid, starts.back().GetInt("pid"));
  if (kill(static_cast<pid_t>(pid), 0) != 0) return absl::NotFoundError(Concat(role, " has ended"));
  return static_cast<pid_t>(pid);
}

int LiveRun::StartsOf(const std::string& role) const {
  return static_cast<int>(UpEvents("process_started", role).size());
}

absl::Status LiveRun::Kill(const std::string& role, int signal) {
  ASSIGN_OR_RETURN(const pid_t pid, PidOf(role));
  if (kill(-pid, signal) == 0) return absl::OkStatus();
  return absl::InternalError(Concat("kill of ", role, ": errno ", errno));
}

absl::Status LiveRun::WaitForStart(const std::string& role, int starts, absl::Duration timeout) {
  return WaitUntil(Concat("start ", starts, " of ", role), timeout, [&] { return StartsOf(role) >= starts; });
}

absl::Status LiveRun::WaitForOutput(const std::string& text, absl::Duration timeout) {
  return WaitUntil(Concat("output \"", text, "\""), timeout,
                   [&] { return Output().find(text) != std::string::npos; });
}

void LiveRun::SignalUp(int signal) { up_->Kill(signal); }

absl::StatusOr<int> LiveRun::WaitForExit(absl::Duration timeout) {
  const std::optional<ProcessExit> exit = up_->Wait(timeout);
  if (!exit) {
    return absl::DeadlineExceededError(
        Concat("rubato up did not end within ", absl::FormatDuration(timeout), "\n", Describe()));
  }
  return exit->signalled ? 128 + exit->code : exit->code;
}

std::vector<Json> LiveRun::History() const { return ReadJsonLines(run_directory_ + "/ledger/history.jsonl"); }
std::vector<Json> LiveRun::Metrics() const { return ReadJsonLines(run_directory_ + "/metrics.jsonl"); }
std::string LiveRun::Output() const { return ReadAll(directory_ + "/output.txt"); }
std::string LiveRun::Log(const std::string& role) const {
  return ReadAll(Concat(run_directory_, "/logs/", role, ".log"));
}

std::string LiveRun::Describe() const {
  std::string text = Concat("--- output of rubato up\n", Output());
  std::error_code error;
  for (const fs::directory_entry& log : fs::directory_iterator(run_directory_ + "/logs", error)) {
    const std::vector<std::string> lines = absl::StrSplit(ReadAll(log.path()), '\n');
    text += Concat("--- ", log.path().filename().string(), "\n");
    for (size_t i = lines.size() > 12 ? lines.size() - 12 : 0; i < lines.size(); ++i)
      text += lines[i].substr(0, 400) + "\n";
  }
  return text;
}

}  // namespace rubato
