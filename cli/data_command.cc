#include "cli/data_command.h"

#include <limits>

#include "common/arguments.h"
#include "common/exit_code.h"
#include "common/status.h"
#include "tasks/countdown_data_command.h"

namespace rubato {

const char kDataCountdownHelp[] =
    R"(Writes train.jsonl, validation.jsonl and heldout.jsonl, which share no multiset of numbers, and on request
sft.jsonl with games of a mediocre expert. The same options give the same files.

  --out DIR         where to; made if absent
  --seed N          (1)
  --train N         puzzles to train on (0: all there are, about 9,000)
  --validation N    puzzles to choose settings by (1024)
  --heldout N       puzzles to report (1024)
  --sft-tokens N    games, until they hold so many tokens (0: none)
)";

absl::StatusOr<int> RunDataCountdown(const std::vector<std::string>& arguments,
                                     const CommandContext& context) {
  CountdownDataOptions options;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t seed = static_cast<int64_t>(options.seed);
  ArgumentParser parser;
  parser.Text("out", &options.out);
  parser.Count("seed", &seed, 0, kMost);
  parser.Count("train", &options.train, 0, kMost);
  parser.Count("validation", &options.validation, 0, kMost);
  parser.Count("heldout", &options.heldout, 0, kMost);
  parser.Count("sft-tokens", &options.sft_tokens, 0, kMost);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.out.empty()) return UsageError("where to? Give --out DIR");
  options.seed = static_cast<uint64_t>(seed);
  absl::Status status = RunCountdownData(options, *context.out);
  // It reads nothing: what is not there is a place to write to.
  if (absl::IsNotFound(status)) status = WithExitCode(status, ExitCode::kIo);
  RETURN_IF_ERROR(status);
  return 0;
}

}  // namespace rubato
