// rubato-learner: a learner rank of a run, or a mode of its own on the same model code (`rubato help sft`,
// `rubato help export`, `rubato help score`):
//
//   rubato-learner --hub HOST:PORT --rank R --world W --model DIR --run DIR
//   rubato-learner sft {--model DIR | --init DIR} --data FILE.jsonl --out DIR
//   rubato-learner export --run DIR --to DIR --checkpoints FILE|-
//   rubato-learner score --model DIR --dtype bf16

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/log.h"
#include "common/program_modes.h"
#include "common/status.h"
#include "learner/export_command.h"
#include "learner/failpoint.h"
#include "learner/learner.h"
#include "learner/score_command.h"
#include "learner/sft_arguments.h"

ABSL_FLAG(std::string, hub, "", "address of the credit service, HOST:PORT");
ABSL_FLAG(int, rank, 0, "this rank, 0 to world - 1");
ABSL_FLAG(int, world, 1, "number of ranks");
ABSL_FLAG(std::string, run, "", "run directory");
ABSL_FLAG(std::string, metrics, "127.0.0.1:0", "where /metrics is served");
ABSL_FLAG(std::string, collectives, "gloo", "what carries gradients between ranks: gloo or nccl");
ABSL_FLAG(std::string, log_file, "", "JSON lines; empty: standard error only");
ABSL_FLAG(std::string, failpoint, "", "for tests: NAME@STEP, where the process kills itself once");
ABSL_FLAG(std::string, model, "", "Hugging Face model directory to begin with");
ABSL_FLAG(int, threads, 1, "threads to compute with");

namespace rubato {
namespace {

constexpr char kUsage[] =
    "rubato-learner --hub HOST:PORT --rank R --world W --model DIR --run DIR; modes: sft, export, score";

// What is wrong with the flags, on one line; exit code 64.
int WrongFlags(const std::string& what) {
  std::cerr << "rubato-learner: " << what << "\n" << kUsage << "\n";
  return ToInt(ExitCode::kUsage);
}

int Failed(const absl::Status& status) {
  LogError("learner_failed", {{"error", status.message()}});
  std::cerr << "rubato-learner: " << status.message() << "\n";
  return ToInt(ExitCodeFor(status));
}

absl::Status Sft(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const SftOptions options, ParseSftArguments(arguments));
  // Before the training, so that nobody trains for an error.
  RETURN_IF_ERROR(WithExitCode(CreateDirectories(options.out), ExitCode::kIo));
  return RunSft(options, std::cout);
}

absl::Status Export(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const ExportOptions options, ParseExportArguments(arguments));
  return RunExport(options, std::cout, std::cerr);
}

absl::Status Score(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const ScoreOptions options, ParseScoreArguments(arguments));
  return RunTorchScore(options, std::cerr);
}

int RunRankMode() {
  LearnerOptions options;
  options.hub_address = absl::GetFlag(FLAGS_hub);
  options.rank = absl::GetFlag(FLAGS_rank);
  options.world = absl::GetFlag(FLAGS_world);
  options.model_directory = absl::GetFlag(FLAGS_model);
  options.run_directory = absl::GetFlag(FLAGS_run);
  options.threads = absl::GetFlag(FLAGS_threads);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics);
  if (options.hub_address.empty() || options.model_directory.empty() || options.run_directory.empty()) {
    return WrongFlags("--hub, --model and --run are needed");
  }
  if (options.world < 1 || options.rank < 0 || options.rank >= options.world || options.threads < 1) {
    return WrongFlags("--rank must be in [0, --world), and --threads 1 or more");
  }
  const std::string collectives = absl::GetFlag(FLAGS_collectives);
  if (collectives != "gloo" && collectives != "nccl") return WrongFlags("--collectives must be gloo or nccl");
  options.backend = collectives == "nccl" ? CommBackend::kNccl : CommBackend::kGloo;
  LogOptions log;
  log.role = absl::StrCat("rank-", options.rank);
  log.file = absl::GetFlag(FLAGS_log_file);
  log.to_stderr = log.file.empty() ? LogToStderr::kAlways : LogToStderr::kIfTerminal;
  absl::Status status = InitLog(log);
  status.Update(SetFailpoint(absl::GetFlag(FLAGS_failpoint), options.run_directory));
  if (!status.ok()) return Failed(status);

  const absl::StatusOr<LearnerEnd> end = RunLearner(options);
  if (!end.ok()) return Failed(end.status());
  return ToInt(*end == LearnerEnd::kFinished ? ExitCode::kDone : ExitCode::kTryAgain);
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  const std::vector<rubato::ProgramMode> modes = {{"sft", rubato::kSftHelp, rubato::Sft},
                                                  {"export", rubato::kExportHelp, rubato::Export},
                                                  {"score", rubato::kScoreHelp, rubato::Score}};
  if (const std::optional<int> code = rubato::RunProgramMode(modes, argc, argv)) return *code;
  absl::SetProgramUsageMessage(rubato::kUsage);
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (arguments.size() == 1) return rubato::RunRankMode();
  return rubato::WrongFlags("there is no use for \"" + std::string(arguments[1]) + "\" here: flags only");
}
