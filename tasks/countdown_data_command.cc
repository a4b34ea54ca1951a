#include "tasks/countdown_data_command.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/random_stream.h"
#include "common/rng.h"
#include "common/status.h"
#include "tasks/countdown_expert.h"
#include "tasks/countdown_puzzle.h"

namespace rubato {
namespace {

enum class Part { kHeldout, kValidation, kTrain };

Part PartOf(const std::array<int, 3>& ascending) {
  const std::string multiset = Concat(ascending[0], ",", ascending[1], ",", ascending[2]);
  const uint64_t bucket = Hash64(multiset) % 8;
  return bucket == 0 ? Part::kHeldout : bucket == 1 ? Part::kValidation : Part::kTrain;
}

// All of one part, each set of numbers with each of its targets.
std::vector<CountdownPuzzle> AllPuzzles(Part part) {
  std::vector<CountdownPuzzle> puzzles;
  constexpr int kLargest = CountdownPuzzle::kLargestNumber;
  for (int a = 1; a <= kLargest; ++a) {
    for (int b = a; b <= kLargest; ++b) {
      for (int c = b; c <= kLargest; ++c) {
        if (PartOf({a, b, c}) != part) continue;
        for (const int target : ReachableTargets({a, b, c})) puzzles.push_back({{a, b, c}, target});
      }
    }
  }
  return puzzles;
}

std::string WriteRow(const CountdownPuzzle& puzzle) {
  Json row;
  Json nums{Json::Array()};
  for (const int number : puzzle.nums) nums.Append(number);
  row.Set("prompt", CountdownPrompt(puzzle));
  row.Set("nums", std::move(nums));
  row.Set("target", puzzle.target);
  return row.Dump() + "\n";
}

struct PuzzleFile {
  std::string_view name;
  Part part;
  int64_t count;  // 0: all
};

absl::Status WritePuzzles(const CountdownDataOptions& options, const PuzzleFile& file, std::ostream& out) {
  std::vector<CountdownPuzzle> puzzles = AllPuzzles(file.part);
  const int64_t available = static_cast<int64_t>(puzzles.size());
  if (file.count < 0 || file.count > available) {
    return absl::InvalidArgumentError(Concat(file.name, ": ", file.count, " puzzles are wanted; there are ",
                                             available, ", and 0 stands for all of them"));
  }
  RandomStream random(options.seed, Concat("countdown ", file.name));
  random.Shuffle(&puzzles);
  if (file.count > 0) puzzles.resize(file.count);
  std::string text;
  for (CountdownPuzzle& puzzle : puzzles) {
    random.Shuffle(&puzzle.nums);
    text += WriteRow(puzzle);
  }
  const std::string path = Concat(options.out, "/", file.name, ".jsonl");
  RETURN_IF_ERROR(WriteFileAtomically(path, text));
  out << path << ": " << puzzles.size() << " puzzles\n";
  return absl::OkStatus();
}

absl::Status WriteGames(const CountdownDataOptions& options, std::ostream& out) {
  const std::vector<CountdownPuzzle> puzzles = AllPuzzles(Part::kTrain);
  RandomStream random(options.seed, "countdown sft");
  std::string text;
  int64_t tokens = 0, games = 0, solved = 0;
  while (tokens < options.sft_tokens) {
    CountdownPuzzle puzzle = puzzles[random.Below(puzzles.size())];
    random.Shuffle(&puzzle.nums);
    const CountdownGame game = PlayCountdown(puzzle, CountdownExpertOptions(), &random);
    Json row;
    row.Set("prompt", CountdownPrompt(puzzle));
    row.Set("response", game.response);
    text += row.Dump() + "\n";
    tokens += static_cast<int64_t>(CountdownPrompt(puzzle).size() + game.response.size());
    ++games;
    solved += game.solved;
  }
  const std::string path = options.out + "/sft.jsonl";
  RETURN_IF_ERROR(WriteFileAtomically(path, text));
  out << path << ": " << games << " games, " << tokens << " tokens, " << 100.0 * solved / games
      << " % solved\n";
  return absl::OkStatus();
}

}  // namespace

absl::Status RunCountdownData(const CountdownDataOptions& options, std::ostream& out) {
  if (options.out.empty()) return absl::InvalidArgumentError("--out is missing: the directory to write to");
  if (options.sft_tokens < 0) {
    return absl::InvalidArgumentError(Concat("sft: ", options.sft_tokens, " tokens are wanted"));
  }
  RETURN_IF_ERROR(CreateDirectories(options.out));
  RETURN_IF_ERROR(WritePuzzles(options, {"train", Part::kTrain, options.train}, out));
  RETURN_IF_ERROR(WritePuzzles(options, {"validation", Part::kValidation, options.validation}, out));
  RETURN_IF_ERROR(WritePuzzles(options, {"heldout", Part::kHeldout, options.heldout}, out));
  return options.sft_tokens == 0 ? absl::OkStatus() : WriteGames(options, out);
}

}  // namespace rubato
