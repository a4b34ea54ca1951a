// rubato-rollout: one rollout worker, or a mode of its own on the same model code:
//
//   rubato-rollout --hub HOST:PORT --name worker-0 --model DIR --verify PATH
//   rubato-rollout score --model DIR --in FILE|- --out FILE|-

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/stop_signal.h"
#include "rollout/score_command.h"
#include "rollout/worker.h"

ABSL_FLAG(std::string, hub, "", "address of rubato-credit");
ABSL_FLAG(std::string, name, "worker-0", "name of this worker, unique in the run");
ABSL_FLAG(std::string, model, "", "Hugging Face model directory");
ABSL_FLAG(std::string, verify, "", "path of rubato-verify");
ABSL_FLAG(std::string, metrics, "127.0.0.1:0", "where /metrics, /livez and /readyz answer");
ABSL_FLAG(int, capacity, 64, "samples decoded together");
ABSL_FLAG(int, threads, 1, "threads of the decode loop");
ABSL_FLAG(std::string, log_file, "", "JSON lines; empty: standard error only");
ABSL_FLAG(std::string, in, "-", "score: JSON lines to read; - is standard input");
ABSL_FLAG(std::string, out, "-", "score: JSON lines to write; - is standard output");
ABSL_FLAG(double, temperature, 1.0, "score: the logits are divided by it");

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

absl::Status Score() {
  rubato::ScoreOptions options;
  options.model = absl::GetFlag(FLAGS_model);
  options.in = absl::GetFlag(FLAGS_in);
  options.out = absl::GetFlag(FLAGS_out);
  options.temperature = absl::GetFlag(FLAGS_temperature);
  return rubato::RunScore(options);
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("generates, measures and submits for a run; or: rubato-rollout score");
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() == 1) return Finish(Work());
  if (words.size() == 2 && std::string(words[1]) == "score") return Finish(Score());
  std::cerr << "rubato-rollout: unknown mode \"" << words[1] << "\"; the one mode is: score\n";
  return rubato::ToInt(rubato::ExitCode::kUsage);
}
