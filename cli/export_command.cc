#include "cli/export_command.h"

#include <errno.h>
#include <unistd.h>

#include <optional>

#include "cli/hand_over.h"
#include "cli/programs.h"
#include "cli/run_directory.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/process.h"
#include "common/status.h"

namespace rubato {

namespace {

constexpr char kLearner[] = "rubato-learner";

absl::StatusOr<std::string> ReadToEnd(int fd) {
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t got = read(fd, piece, sizeof(piece));
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("read from", "rubato-credit", errno);
    text.append(piece, static_cast<size_t>(got));
  }
}

// What `rubato-credit checkpoints` prints; its own message is on standard error if it fails.
absl::StatusOr<std::string> ListCheckpoints(const std::string& run, const CommandContext& context,
                                            int* exit_code) {
  ASSIGN_OR_RETURN(const std::string program, FindProgram("rubato-credit", context.own_directory));
  SubprocessOptions options;
  options.argv = {program, "checkpoints", "--run", run};
  options.out = ProcessOutput::Pipe();
  options.die_with_parent = true;
  ASSIGN_OR_RETURN(Subprocess credit, Subprocess::Start(options));
  ASSIGN_OR_RETURN(std::string list, ReadToEnd(credit.stdout_pipe().get()));
  const std::optional<ProcessExit> exit = credit.Wait(absl::Minutes(1));
  if (!exit || exit->signalled) {
    return absl::InternalError(Concat("rubato-credit checkpoints --run ", run, ": ",
                                      exit ? exit->ToString() : "it did not end within a minute"));
  }
  *exit_code = exit->code;
  return list;
}

// The value of --run; what else is wrong with the command line, the learner says.
std::string RunOf(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--run" && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].starts_with("--run=")) return arguments[i].substr(6);
  }
  return "";
}

}  // namespace

absl::StatusOr<int> RunExportCommand(const std::vector<std::string>& arguments,
                                     const CommandContext& context) {
  const std::string run = RunOf(arguments);
  if (run.empty()) return HandOver(kLearner, "export", arguments, context);
  if (!HoldsLedger(run)) {
    return absl::NotFoundError(Concat(run, " is not a run directory: it has no ledger/ledger.sqlite"));
  }
  int exit_code = 0;
  ASSIGN_OR_RETURN(const std::string list, ListCheckpoints(run, context, &exit_code));
  if (exit_code != 0) return exit_code;
  return HandOverWithInput(kLearner, "export", arguments, list, context);
}

}  // namespace rubato
