#include "credit/ledger_modes.h"

#include <iostream>
#include <string>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/status.h"
#include "credit/checkpoint_list.h"
#include "credit/explain_token.h"
#include "credit/report.h"
#include "credit/verify_credit.h"

namespace rubato {
namespace {

using Arguments = std::vector<std::string>;

constexpr char kReportHelp[] = R"(Sums up a run: accuracy, answers, the weight of each token

  rubato report --run DIR [--color]

Reads the ledger alone, also while the run goes on.

  --run DIR   the run directory
  --color     show the weights of tokens by colours instead of brackets

Exit codes: 0 done, 64 usage, 65 no run there, 74 cannot write.

  rubato report --run runs/quickstart-1
)";

constexpr char kExplainTokenHelp[] = R"(Shows why the tokens of a sample weigh what they do

  rubato explain-token --run DIR --sample GROUP/INDEX [--token T]

Statistics, ranks, head sets, gamma and advantage, from what the ledger stores; also while the run goes on.

  --run DIR             the run directory
  --sample GROUP/INDEX  the group by its number in the run, the sample by its index in the group
  --token T             one token in full, by its position in the response; without it a table of all

Exit codes: 0 done, 64 usage, 65 no such run, sample or token, 74 cannot write.

  rubato explain-token --run runs/quickstart-1 --sample 0/0
)";

constexpr char kVerifyCreditHelp[] =
    R"(Computes the credit of a run again and compares it with what was stored

  rubato verify-credit --run DIR

Advantages and token weights of every group, bit for bit, from the samples that the ledger stores; also while the run
goes on. Groups whose samples were deleted to stay within a budget are named: they can no longer be explained.

  --run DIR   the run directory

Exit codes: 0 all of it agrees, 64 usage, 65 something differs or there is no run, 74 cannot write.

  rubato verify-credit --run runs/quickstart-1
)";

constexpr char kCheckpointsHelp[] = R"(Lists the checkpoints of a run as JSON lines, newest first

  rubato-credit checkpoints --run DIR

`rubato export` asks this: only those that the ledger names exist for the run.
)";

absl::Status Report(const Arguments& arguments) {
  ReportOptions options;
  bool color = false;
  ArgumentParser parser;
  parser.Text("run", &options.run_directory);
  parser.Switch("color", &color);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.run_directory.empty()) return UsageError("which run? Give --run DIR");
  options.color = color ? Color::kYes : Color::kNo;
  return WriteReport(options, std::cout);
}

absl::Status ExplainTokenMode(const Arguments& arguments) {
  ExplainTokenOptions options;
  int64_t token = -1;
  ArgumentParser parser;
  parser.Text("run", &options.run_directory);
  parser.Text("sample", &options.sample);
  parser.Count("token", &token, 0, INT32_MAX);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.run_directory.empty()) return UsageError("which run? Give --run DIR");
  if (options.sample.empty()) return UsageError("which sample? Give --sample GROUP/INDEX");
  if (token >= 0) options.token = static_cast<int>(token);
  return ExplainToken(options, std::cout);
}

absl::Status VerifyCreditMode(const Arguments& arguments) {
  std::string run;
  ArgumentParser parser;
  parser.Text("run", &run);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (run.empty()) return UsageError("which run? Give --run DIR");
  ASSIGN_OR_RETURN(const CreditVerdict verdict, VerifyCredit(run));
  WriteVerdict(verdict, std::cout);
  if (verdict.differences.empty()) return absl::OkStatus();
  return absl::DataLossError(Concat(
      "the credit of ", run, " is not what its samples give: ", verdict.differences.size(), " differences"));
}

absl::Status Checkpoints(const Arguments& arguments) {
  std::string run;
  ArgumentParser parser;
  parser.Text("run", &run);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (run.empty()) return UsageError("which run? Give --run DIR");
  return WriteCheckpointList(run, std::cout);
}

}  // namespace

std::vector<ProgramMode> LedgerModes() {
  return {{"report", kReportHelp, Report},
          {"explain-token", kExplainTokenHelp, ExplainTokenMode},
          {"verify-credit", kVerifyCreditHelp, VerifyCreditMode},
          {"checkpoints", kCheckpointsHelp, Checkpoints}};
}

}  // namespace rubato
