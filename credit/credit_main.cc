// rubato-credit: the credit service of a run, or what its ledger tells:
//
//   rubato-credit --run DIR --config RESOLVED.yaml [--resume] [--owner NAME] [--listen HOST:PORT]
//   rubato-credit report --run DIR [--color]
//   rubato-credit checkpoints --run DIR

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/arguments.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/program_modes.h"
#include "common/status.h"
#include "common/stop_signal.h"
#include "credit/checkpoint_list.h"
#include "credit/hub_process.h"
#include "credit/report.h"

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

constexpr char kReportHelp[] = R"(Sums up a run: accuracy, answers, the weight of each token

  rubato report --run DIR [--color]

Reads the ledger alone, also while the run goes on.

  --run DIR   the run directory
  --color     show the weights of tokens by colours instead of brackets

Exit codes: 0 done, 64 usage, 65 no run there, 74 cannot write.

  rubato report --run runs/quickstart-1
)";

constexpr char kCheckpointsHelp[] = R"(Lists the checkpoints of a run as JSON lines, newest first

  rubato-credit checkpoints --run DIR

`rubato export` asks this: only those that the ledger names exist for the run.
)";

absl::Status Report(const std::vector<std::string>& arguments) {
  rubato::ReportOptions options;
  bool color = false;
  rubato::ArgumentParser parser;
  parser.Text("run", &options.run_directory);
  parser.Switch("color", &color);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.run_directory.empty()) return rubato::UsageError("which run? Give --run DIR");
  options.color = color ? rubato::Color::kYes : rubato::Color::kNo;
  return rubato::WriteReport(options, std::cout);
}

absl::Status Checkpoints(const std::vector<std::string>& arguments) {
  std::string run;
  rubato::ArgumentParser parser;
  parser.Text("run", &run);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (run.empty()) return rubato::UsageError("which run? Give --run DIR");
  return rubato::WriteCheckpointList(run, std::cout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<rubato::ProgramMode> modes = {{"report", kReportHelp, Report},
                                                  {"checkpoints", kCheckpointsHelp, Checkpoints}};
  if (const std::optional<int> code = rubato::RunProgramMode(modes, argc, argv)) return *code;
  absl::SetProgramUsageMessage("the credit service of a run; modes: report, checkpoints");
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() > 1) return UsageError(std::string("there is no use for \"") + words[1] + "\" here");
  if (absl::GetFlag(FLAGS_run).empty()) return UsageError("--run is needed");
  if (absl::GetFlag(FLAGS_config).empty()) return UsageError("--config is needed");
  return Finish(Serve());
}
