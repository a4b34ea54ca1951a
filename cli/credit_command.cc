#include "cli/credit_command.h"

#include <span>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/exit_code.h"
#include "common/json_lines.h"
#include "common/problems.h"
#include "common/status.h"
#include "credit/credit_options.h"
#include "credit/weigh_line.h"

namespace rubato {

const char kCreditHelp[] =
    R"(Reads JSON lines, each the attention statistics of one response (`rubato stats` makes them), and writes one line each:

  {"id": any, "advantage": x, "waad": [[...] per head], "fai": [[...] per head], "d": [...]}
  {"id": any, "advantage": x, "waad": [...], "fai": [...]}          the means over the two head sets
    -> {"id": the same, "gamma": [...], "advantages": [...], "head_sets": {"local": [[layer, head]...], "global": [...]},
        "local": [...], "global": [...], "dominated": [...], "intro": [...], "reasons": {...}}

Positions count from the start of the response; null stands where a statistic is undefined. "layers" and "heads" name the
sampled heads; "entropy" is for scheme entropy, "group" and "sample" for random; "mask" says 1 where a token is trained and
0 where not; "ids" are the response's tokens, for exclude_token_ids. docs/credit.md defines everything.

  --scheme NAME     uniform, local_chunk, global_anchor, coupled (default), random, entropy
  --preset NAME     paper_v1, paper_v2 (default)
  --set KEY=VALUE   any key of the configuration's credit section, as often as needed; `rubato explain credit` lists them
  --in FILE|-       where to read (-, standard input)
  --out FILE|-      where to write (-, standard output)

Exit codes: 0 done, 64 usage, 65 a bad line (named as FILE:LINE; lines before it are answered), 74 cannot write.

  echo '{"id": 1, "advantage": 1, "waad": [5, 1, 4], "fai": [0.2, 0.1, null]}' | rubato credit --set h_lo=1 --set h_hi=2
)";

namespace {

struct CreditArguments {
  std::string in = "-", out = "-", scheme, preset;
  std::vector<std::string> settings;  // "key=value"
};

absl::StatusOr<CreditArguments> ParseCredit(const std::vector<std::string>& words) {
  CreditArguments arguments;
  ArgumentParser parser;
  parser.Text("in", &arguments.in);
  parser.Text("out", &arguments.out);
  parser.Text("scheme", &arguments.scheme);
  parser.Text("preset", &arguments.preset);
  parser.Texts("set", &arguments.settings);
  RETURN_IF_ERROR(parser.ParseOptions(words));
  // --set comes last: it is the narrower word.
  std::vector<std::string> all;
  if (!arguments.preset.empty()) all.push_back("preset=" + arguments.preset);
  if (!arguments.scheme.empty()) all.push_back("scheme=" + arguments.scheme);
  all.insert(all.end(), arguments.settings.begin(), arguments.settings.end());
  arguments.settings = std::move(all);
  return arguments;
}

absl::StatusOr<CreditSettings> SettingsFrom(const std::vector<std::string>& assignments) {
  RunConfig config;
  Problems problems;
  for (const std::string& assignment : assignments) ApplyOverride("credit." + assignment, &config, &problems);
  if (!problems.empty()) return UsageError(std::string(problems.ToStatus().message()));
  absl::StatusOr<CreditSettings> settings = ResolveCreditSettings(config.credit());
  if (!settings.ok()) return UsageError(std::string(settings.status().message()));
  return settings;
}

}  // namespace

absl::StatusOr<int> RunCredit(const std::vector<std::string>& words, const CommandContext&) {
  ASSIGN_OR_RETURN(const CreditArguments arguments, ParseCredit(words));
  ASSIGN_OR_RETURN(const CreditSettings settings, SettingsFrom(arguments.settings));
  ASSIGN_OR_RETURN(JsonLinesReader in, JsonLinesReader::Open(arguments.in));
  ASSIGN_OR_RETURN(JsonLinesWriter out, JsonLinesWriter::Open(arguments.out, in));
  RETURN_IF_ERROR(RunJsonLines(&in, &out, {}, [&](std::span<const JsonLine> lines) {
    std::vector<absl::StatusOr<std::string>> answers;
    for (const JsonLine& line : lines) answers.push_back(WeighLine(line.text, settings));
    return answers;
  }));
  return 0;
}

}  // namespace rubato
