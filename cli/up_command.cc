#include "cli/up_command.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "cli/dry_run.h"
#include "cli/interrupts.h"
#include "cli/preflight.h"
#include "cli/programs.h"
#include "cli/run_directory.h"
#include "cli/run_lock.h"
#include "cli/screen.h"
#include "cli/up_run.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/log.h"
#include "common/status.h"
#include "common/unique_name.h"
#include "credit/credit_options.h"

namespace rubato {

namespace {

namespace fs = std::filesystem;

std::string Absolute(const std::string& path) {
  std::string absolute = fs::absolute(path).lexically_normal();
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  return absolute;
}

// Reads the configuration and everything it names; what is wrong is an error that lists all of it.
absl::StatusOr<ConfigStages> LoadStages(const UpArguments& arguments) {
  Problems problems;
  ConfigStages stages;
  if (arguments.resume.empty()) {
    stages.file_name = arguments.config;
    stages.defaults = LoadRunConfig(arguments.config, arguments.overrides, &problems);
  } else {
    stages.file_name = "config.yaml of the run";
    stages.defaults = ReopenRun(Absolute(arguments.resume), arguments.overrides, &problems);
  }
  Problems known;  // the same once more, to tell file and overrides apart
  const std::string file =
      arguments.resume.empty() ? arguments.config : Absolute(arguments.resume) + "/config.yaml";
  stages.file = LoadRunConfig(file, {}, &known);
  for (const std::string& override : arguments.overrides) ApplyOverride(override, &stages.overrides, &known);
  ResolveDefaults(&stages.defaults);
  stages.resolved = stages.defaults;
  RETURN_IF_ERROR(WithExitCode(FillFromPreset(stages.resolved.mutable_credit()), ExitCode::kUsage));
  CheckOptions(stages.resolved, &problems);
  const bool config_is_wrong = !problems.empty();
  CheckFiles(stages.resolved, &problems);
  RETURN_IF_ERROR(problems.ToStatus(config_is_wrong ? ExitCode::kUsage : ExitCode::kBadData));
  return stages;
}

absl::StatusOr<NodeOptions> PlanNode(const UpArguments& arguments, const RunConfig& config,
                                     const CommandContext& context) {
  NodeOptions node;
  if (!arguments.resume.empty()) {
    node.run_directory = Absolute(arguments.resume);
  } else if (!arguments.run_directory.empty()) {
    node.run_directory = Absolute(arguments.run_directory);
  } else {
    node.run_directory = NextRunDirectory("runs", config.run().name());
  }
  node.listen = arguments.listen;
  node.owner = UniqueName();
  node.resume = !arguments.resume.empty();
  node.workers = arguments.workers;
  node.cpus = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  ASSIGN_OR_RETURN(node.credit, FindProgram("rubato-credit", context.own_directory));
  ASSIGN_OR_RETURN(node.learner, FindProgram("rubato-learner", context.own_directory));
  ASSIGN_OR_RETURN(node.rollout, FindProgram("rubato-rollout", context.own_directory));
  ASSIGN_OR_RETURN(node.verify, FindProgram("rubato-verify", context.own_directory));
  return node;
}

void PrintDryRun(const ConfigStages& stages, const NodeOptions& node, std::ostream& out) {
  std::vector<ProcessSpec> specs = PlanRoles(stages.resolved, node, "HUB");
  specs.insert(specs.begin(), PlanHub(node));
  std::optional<MemoryPlan> memory;
  const absl::StatusOr<ModelSize> size = ReadModelSize(stages.resolved.policy().model());
  if (size.ok()) memory = PlanMemory(*size, stages.resolved, WorkerCapacity(stages.resolved, node.workers));
  out << "Configuration\n\n"
      << RenderOrigins(stages) << "\nProcesses, in " << node.run_directory << "\n\n"
      << RenderPlan(specs, memory) << "\nNothing was started.\n";
}

// The run directory with its configuration, locked.
absl::StatusOr<RunLock> PrepareDirectory(const UpArguments& arguments, const ConfigStages& stages,
                                         const std::string& directory) {
  if (arguments.resume.empty()) RETURN_IF_ERROR(CreateRun(directory, stages.resolved));
  ASSIGN_OR_RETURN(RunLock lock, RunLock::Take(directory));
  if (!arguments.resume.empty() && !arguments.overrides.empty()) {
    RETURN_IF_ERROR(RewriteRunConfig(directory, stages.resolved));
  }
  return lock;
}

void SumUp(const UpRun& run, const std::string& directory, const std::string& shown,
           const std::string& invoked_as, Screen* screen) {
  if (run.last_status() && run.last_status()->samples().issued() > 0) {
    const SampleCounts& samples = run.last_status()->samples();
    screen->Line(Concat("samples: ", samples.issued(), " issued = ", samples.trained(), " trained + ",
                        samples.dropped(), " dropped + ", samples.pending(), " pending"));
  }
  screen->Line("time: " + run.times().Render());
  if (!HoldsLedger(directory)) return;
  screen->Line(Concat("the run is in ", shown, "; `", invoked_as, " report --run ", shown, "` sums it up"));
}

}  // namespace

absl::StatusOr<int> RunUp(const UpArguments& arguments, const CommandContext& context) {
  ASSIGN_OR_RETURN(const ConfigStages stages, LoadStages(arguments));
  ASSIGN_OR_RETURN(NodeOptions node, PlanNode(arguments, stages.resolved, context));
  if (arguments.dry_run) {
    PrintDryRun(stages, node, *context.out);
    return 0;
  }
  ASSIGN_OR_RETURN(const RunLock lock, PrepareDirectory(arguments, stages, node.run_directory));
  RETURN_IF_ERROR(
      InitLog({.role = "up", .file = LogFile(node.run_directory, "up"), .to_stderr = LogToStderr::kNever}));
  const std::string shown = ShownPath(node.run_directory);
  CatchInterrupts();
  Screen screen(*context.out, context.live && !arguments.plain);
  screen.Line(Concat("run ", stages.resolved.run().name(), ": 1 credit service, ", node.workers, " workers, ",
                     stages.resolved.learner().ranks(), " learner ranks, in ", shown));
  UpRun run({stages.resolved, node, Concat(context.invoked_as, " up --resume ", shown)}, &screen);
  const int exit_code = run.Run();
  SumUp(run, node.run_directory, shown, context.invoked_as, &screen);
  if (arguments.resume.empty()) ForgetRunWithoutLedger(node.run_directory);
  return exit_code;
}

}  // namespace rubato
