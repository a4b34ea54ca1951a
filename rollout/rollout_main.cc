// rubato-rollout: one rollout worker, or a mode of its own on the same model code (`rubato help score`,
// `rubato help inspect`):
//
//   rubato-rollout --hub HOST:PORT --name worker-0 --model DIR --verify PATH
//   rubato-rollout score --model DIR --in FILE|- --out FILE|-
//   rubato-rollout inspect DIR

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/program_modes.h"
#include "common/status.h"
#include "common/stop_signal.h"
#include "rollout/inspect_command.h"
#include "rollout/score_command.h"
#include "rollout/stats_command.h"
#include "rollout/worker.h"

ABSL_FLAG(std::string, hub, "", "address of rubato-credit");
ABSL_FLAG(std::string, name, "worker-0", "name of this worker, unique in the run");
ABSL_FLAG(std::string, model, "", "Hugging Face model directory");
ABSL_FLAG(std::string, verify, "", "path of rubato-verify");
ABSL_FLAG(std::string, metrics, "127.0.0.1:0", "where /metrics, /livez and /readyz answer");
ABSL_FLAG(int, capacity, 64, "samples decoded together");
ABSL_FLAG(int, threads, 1, "threads of the decode loop");
ABSL_FLAG(std::string, log_file, "", "JSON lines; empty: standard error only");

namespace {

int Finish(const absl::Status& status) {
  if (!status.ok()) {
    rubato::LogError("ended", {{"error", status.ToString()}});
    std::cerr << "rubato-rollout: " << std::string(status.message()) << std::endl;
  }
  return rubato::ToInt(rubato::ExitCodeFor(status));
}

absl::Status Work() {
  rubato::StopSignal stop;
  rubato::WorkerOptions options;
  options.hub_address = absl::GetFlag(FLAGS_hub);
  options.name = absl::GetFlag(FLAGS_name);
  options.model_directory = absl::GetFlag(FLAGS_model);
  options.verify_program = absl::GetFlag(FLAGS_verify);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics);
  options.capacity = absl::GetFlag(FLAGS_capacity);
  options.threads = absl::GetFlag(FLAGS_threads);
  rubato::LogOptions log;
  log.role = options.name;
  log.file = absl::GetFlag(FLAGS_log_file);
  log.to_stderr = log.file.empty() ? rubato::LogToStderr::kAlways : rubato::LogToStderr::kIfTerminal;
  if (absl::Status status = rubato::InitLog(log); !status.ok()) return status;
  return rubato::RunWorker(options, stop.token());
}

absl::Status Score(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const rubato::ScoreOptions options, rubato::ParseScoreArguments(arguments));
  return rubato::RunScore(options, std::cerr);
}

absl::Status Stats(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const rubato::StatsOptions options, rubato::ParseStatsArguments(arguments));
  return rubato::RunStats(options);
}

absl::Status Inspect(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const rubato::InspectOptions options, rubato::ParseInspectArguments(arguments));
  return rubato::RunInspect(options, std::cout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<rubato::ProgramMode> modes = {{"score", rubato::kScoreHelp, Score},
                                                  {"stats", rubato::kStatsHelp, Stats},
                                                  {"inspect", rubato::kInspectHelp, Inspect}};
  if (const std::optional<int> code = rubato::RunProgramMode(modes, argc, argv)) return *code;
  absl::SetProgramUsageMessage("generates, measures and submits for a run; modes: score, stats, inspect");
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() == 1) return Finish(Work());
  std::cerr << "rubato-rollout: there is no use for \"" << words[1] << "\" here: flags only\n";
  return rubato::ToInt(rubato::ExitCode::kUsage);
}
