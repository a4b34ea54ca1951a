#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/credit_command.h"
#include "cli/data_command.h"
#include "cli/export_command.h"
#include "cli/hand_over.h"
#include "cli/quickstart.h"
#include "cli/tokenize_command.h"
#include "cli/up_command.h"
#include "common/arguments.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/exit_code.h"
#include "common/protocol_version.h"
#include "common/status.h"

namespace rubato {

namespace {

using Arguments = std::vector<std::string>;

constexpr char kUpHelp[] =
    R"(Starts one credit service, the learner ranks that the configuration asks for and the rollout workers, watches
them, starts again what dies, and ends when every step is committed and evaluated.

  --run DIR         where the run lives; by default a new directory under runs/
  --resume RUN      go on with an existing run; run.steps, checkpoint.every and checkpoint.keep may change
  --workers N       rollout workers (2)
  --listen ADDR     where the credit service listens (127.0.0.1:0, any free port)
  --dry-run         print every key with its value and origin, the processes and their memory; start nothing
  --plain           one line per step instead of the status line
  section.key=value overrides the file: learner.lr=3e-4; `rubato explain` lists the keys

Ctrl-C finishes the step in progress, writes a checkpoint and exits 75; a second one ends at once, and what is
committed stays safe. Exit codes: 0 done, 64 usage or configuration, 65 bad data or model, 69 something is not there,
70 a bug, 74 disk, 75 saved, try again, 77 credentials.

  rubato up examples/countdown/quickstart.yaml --run runs/first learner.lr=1e-4
  rubato up --resume runs/first run.steps=200
)";

absl::StatusOr<int> Up(const Arguments& arguments, const CommandContext& context) {
  ASSIGN_OR_RETURN(const UpArguments up, ParseUpArguments(arguments));
  return RunUp(up, context);
}

absl::StatusOr<int> ExplainKeys(const Arguments& arguments, const CommandContext& context) {
  ArgumentParser parser;
  ASSIGN_OR_RETURN(const Arguments keys, parser.Parse(arguments));
  if (keys.empty()) *context.out << ExplainAll();
  for (const std::string& key : keys) {
    const absl::StatusOr<std::string> text = Explain(key);
    if (!text.ok()) return WithExitCode(text.status(), ExitCode::kUsage);
    *context.out << *text;
  }
  return 0;
}

absl::StatusOr<int> Version(const Arguments&, const CommandContext& context) {
  *context.out << "rubato " << kBuildVersion << ", protocol " << kProtocolVersion << "\n";
  return 0;
}

absl::StatusOr<int> Score(const Arguments& arguments, const CommandContext& context) {
  return HandOver(ProgramThatScores(arguments), "score", arguments, context);
}

// A command that is a mode of another program.
auto ModeOf(std::string program, std::string mode) {
  return [=](const Arguments& arguments, const CommandContext& context) {
    return HandOver(program, mode, arguments, context);
  };
}

}  // namespace

const std::vector<Command>& Commands() {
  static const auto* commands = new std::vector<Command>{
      {"quickstart", "[--example DIR] [--run DIR] [section.key=value ...]",
       "Train a small model on Countdown and show what it learned", kQuickstartHelp, RunQuickstart},
      {"up", "CONFIG.yaml [options] [section.key=value ...]", "Start a run on this machine, or resume one",
       kUpHelp, Up},
      {"report", "", "Sum up a run: accuracy, answers, the weight of each token", "",
       ModeOf("rubato-credit", "report")},
      {"explain-token", "", "Show why the tokens of a sample weigh what they do", "",
       ModeOf("rubato-credit", "explain-token")},
      {"verify-credit", "", "Compute the credit of a run again and compare", "",
       ModeOf("rubato-credit", "verify-credit")},
      {"export", "", "Write a checkpoint of a run as a Hugging Face directory", "", RunExportCommand},
      {"explain", "[SECTION | SECTION.KEY ...]",
       "Say what a configuration key means; all of them without one",
       "  rubato explain credit\n  rubato explain learner.lr\n", ExplainKeys},
      {"inspect", "", "Say what a model directory is, and all that is wrong with it", "",
       ModeOf("rubato-rollout", "inspect")},
      {"tokenize", "--model DIR [--in FILE|-] [--out FILE|-] [options]",
       "Text and chat messages to token ids, and back", kTokenizeHelp, RunTokenize},
      {"score", "", "Log-probs and entropies of given tokens under a model", "", Score},
      {"stats", "", "Attention statistics of given tokens under a model", "",
       ModeOf("rubato-rollout", "stats")},
      {"credit", "[--scheme NAME] [--set KEY=VALUE ...] [options]",
       "Weights of tokens from attention statistics", kCreditHelp, RunCredit},
      {"sft", "", "Fine-tune a model on demonstrations", "", ModeOf("rubato-learner", "sft")},
      {"data countdown", "--out DIR [options]", "Write the puzzles of the Countdown example",
       kDataCountdownHelp, RunDataCountdown},
      {"version", "", "Print the version", "Builds with another protocol refuse each other.\n", Version},
  };
  return *commands;
}

}  // namespace rubato
