#include "cli/data_command.h"

#include <limits>

#include "cli/arguments.h"
#include "common/concat.h"
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
  constexpr int kMost = std::numeric_limits<int>::max();
  int seed = static_cast<int>(options.seed), train = static_cast<int>(options.train),
      validation = static_cast<int>(options.validation), heldout = static_cast<int>(options.heldout),
      sft_tokens = 0;
  ArgumentParser parser;
  parser.Text("out", &options.out);
  parser.Count("seed", &seed, 0, kMost);
  parser.Count("train", &train, 0, kMost);
  parser.Count("validation", &validation, 0, kMost);
  parser.Count("heldout", &heldout, 0, kMost);
  parser.Count("sft-tokens", &sft_tokens, 0, kMost);
  ASSIGN_OR_RETURN(const std::vector<std::string> others, parser.Parse(arguments));
  if (!others.empty()) return UsageError(Concat("data countdown takes options only, not ", others[0]));
  if (options.out.empty()) return UsageError("where to? Give --out DIR");
  options.seed = static_cast<uint64_t>(seed);
  options.train = train;
  options.validation = validation;
  options.heldout = heldout;
  options.sft_tokens = sft_tokens;
  RETURN_IF_ERROR(RunCountdownData(options, *context.out));
  return 0;
}

}  // namespace rubato
