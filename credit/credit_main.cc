// rubato-credit: the credit service of a run, or what its ledger tells:
//
//   rubato-credit --run DIR --config RESOLVED.yaml [--resume] [--owner NAME] [--listen HOST:PORT]
//   rubato-credit report|explain-token|verify-credit|checkpoints --run DIR ...

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
#include "credit/hub_process.h"
#include "credit/ledger_modes.h"

ABSL_FLAG(std::string, run, "", "run directory; the ledger lies in it, so it must be on a local volume");
ABSL_FLAG(std::string, config, "", "configuration of the run, YAML");
ABSL_FLAG(bool, resume, false, "go on with the run that the directory holds");
ABSL_FLAG(std::string, owner, "",
          "who starts this hub; another owner than last time begins a new run epoch and ends the processes "
          "of the old");
ABSL_FLAG(std::string, listen, "127.0.0.1:0", "where the roles reach the hub; port 0 takes a free one");
ABSL_FLAG(std::string, address_file, "", "where the address is written once the hub answers");
ABSL_FLAG(std::string, metrics, "127.0.0.1:0", "where /metrics, /livez and /readyz answer");
ABSL_FLAG(std::string, log_file, "", "JSON lines; empty: standard error only");

namespace {

int Finish(const absl::Status& status) {
  if (!status.ok()) std::cerr << "rubato-credit: " << std::string(status.message()) << std::endl;
  return rubato::ToInt(rubato::ExitCodeFor(status));
}

absl::Status Serve() {
  rubato::StopSignal stop;
  rubato::LogOptions log;
  log.role = "credit";
  log.file = absl::GetFlag(FLAGS_log_file);
  log.to_stderr = log.file.empty() ? rubato::LogToStderr::kAlways : rubato::LogToStderr::kIfTerminal;
  if (absl::Status status = rubato::InitLog(log); !status.ok()) return status;
  rubato::HubProcessOptions options;
  options.run_directory = absl::GetFlag(FLAGS_run);
  options.config = absl::GetFlag(FLAGS_config);
  options.listen = absl::GetFlag(FLAGS_listen);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics);
  options.address_file = absl::GetFlag(FLAGS_address_file);
  options.owner = absl::GetFlag(FLAGS_owner);
  options.resume = absl::GetFlag(FLAGS_resume);
  const absl::Status status = rubato::RunHubProcess(options, stop.token());
  if (!status.ok()) rubato::LogError("ended", {{"error", status.message()}});
  return status;
}

int UsageError(const std::string& what) {
  std::cerr << "rubato-credit: " << what << "; see rubato-credit --help\n";
  return rubato::ToInt(rubato::ExitCode::kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<rubato::ProgramMode> modes = rubato::LedgerModes();
  if (const std::optional<int> code = rubato::RunProgramMode(modes, argc, argv)) return *code;
  absl::SetProgramUsageMessage(
      "the credit service of a run; modes: report, explain-token, verify-credit, checkpoints");
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() > 1) return UsageError(std::string("there is no use for \"") + words[1] + "\" here");
  if (absl::GetFlag(FLAGS_run).empty()) return UsageError("--run is needed");
  if (absl::GetFlag(FLAGS_config).empty()) return UsageError("--config is needed");
  return Finish(Serve());
}
