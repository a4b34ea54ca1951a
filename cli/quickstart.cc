#include "cli/quickstart.h"

#include <optional>

#include "cli/programs.h"
#include "cli/run_directory.h"
#include "cli/up_command.h"
#include "common/arguments.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/process.h"
#include "common/status.h"

namespace rubato {

const char kQuickstartHelp[] =
    R"(Trains the small base model of examples/countdown by reinforcement learning, with the same processes that a
cluster runs: one credit service, two rollout workers, two learner ranks. Ends with what was learned.

  --example DIR     the example (examples/countdown, below the working directory or where rubato came from)
  --run DIR         where the run lives; by default runs/quickstart-1, -2, ...
  section.key=value overrides quickstart.yaml: run.seed=2, credit.scheme=uniform
)";

namespace {

struct QuickstartArguments {
  std::string example;
  std::string run_directory;
  std::vector<std::string> overrides;
};

absl::StatusOr<QuickstartArguments> ParseQuickstart(const std::vector<std::string>& arguments,
                                                    const CommandContext& context) {
  QuickstartArguments quickstart;
  quickstart.example = FindBesideProgram("examples/countdown", context.invoked_as, context.own_directory);
  ArgumentParser parser;
  parser.Text("example", &quickstart.example);
  parser.Text("run", &quickstart.run_directory);
  ASSIGN_OR_RETURN(quickstart.overrides, parser.Parse(arguments));
  if (!FileExists(quickstart.example + "/quickstart.yaml")) {
    return UsageError(
        Concat(quickstart.example, "/quickstart.yaml is not there; say where the example is: --example DIR"));
  }
  if (quickstart.run_directory.empty()) quickstart.run_directory = NextRunDirectory("runs", "quickstart");
  return quickstart;
}

absl::Status ShowReport(const std::string& run_directory, const CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string program, FindProgram("rubato-credit", context.own_directory));
  SubprocessOptions options;
  options.argv = {program, "report", "--run", run_directory};
  if (context.color) options.argv.push_back("--color");
  context.out->flush();
  ASSIGN_OR_RETURN(Subprocess report, Subprocess::Start(options));
  const std::optional<ProcessExit> exit = report.Wait(absl::Minutes(2));
  if (exit && exit->ok()) return absl::OkStatus();
  return absl::InternalError(Concat("rubato report --run ", run_directory, ": ",
                                    exit ? exit->ToString() : "it did not end within two minutes"));
}

void SayWhatNext(const std::string& run_directory, const CommandContext& context) {
  const std::string shown = ShownPath(run_directory), &rubato = context.invoked_as;
  *context.out << "\nWhat to try next\n"
               << "  " << rubato << " report --run " << shown << "\n      this report again, at any time\n"
               << "  " << rubato
               << " quickstart credit.scheme=uniform\n      the same run with equal weights, to compare\n"
               << "  " << rubato << " up --resume " << shown << " run.steps=100\n      go on training\n"
               << "  " << rubato
               << " explain credit\n      the settings of the credit rule; the rule itself is in credit/\n";
}

}  // namespace

absl::StatusOr<int> RunQuickstart(const std::vector<std::string>& arguments, const CommandContext& context) {
  ASSIGN_OR_RETURN(const QuickstartArguments quickstart, ParseQuickstart(arguments, context));
  UpArguments up;
  up.config = quickstart.example + "/quickstart.yaml";
  up.run_directory = quickstart.run_directory;
  up.overrides = quickstart.overrides;
  ASSIGN_OR_RETURN(const int exit_code, RunUp(up, context));
  if (exit_code != 0) return exit_code;
  *context.out << "\n";
  RETURN_IF_ERROR(ShowReport(quickstart.run_directory, context));
  SayWhatNext(quickstart.run_directory, context);
  return 0;
}

}  // namespace rubato
