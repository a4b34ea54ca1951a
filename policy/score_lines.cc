#include "policy/score_lines.h"

#include <string>
#include <utility>

#include "common/concat.h"
#include "common/json_lines.h"
#include "common/json_lines_answer.h"
#include "common/status.h"
#include "policy/token_line.h"

namespace rubato {

namespace {

// Answers are written after every batch: enough of them for full passes, not so many that nothing is seen.
constexpr JsonLinesBatch kBatch = {.lines = 512, .bytes = size_t{16} << 10};

class LineScorer {
 public:
  LineScorer(Scorer scorer, std::string in_name, std::ostream& notes)
      : scorer_(std::move(scorer)), in_name_(std::move(in_name)), notes_(notes) {}

  std::vector<absl::StatusOr<std::string>> Answer(std::span<const JsonLine> lines) {
    std::vector<TokenLine> sound;
    absl::Status error;
    for (const JsonLine& line : lines) {
      absl::StatusOr<TokenLine> read = ReadTokenLine(line.text, scorer_.config.vocab);
      if (!read.ok()) {
        error = absl::InvalidArgumentError(read.status().message());  // also for a key that is missing
        break;
      }
      sound.push_back(*std::move(read));
      NoteLength(line.number, sound.back().ids.size());
    }
    std::vector<absl::StatusOr<std::string>> answers = Score(sound);
    if (!error.ok()) answers.push_back(error);
    return answers;
  }

 private:
  std::vector<absl::StatusOr<std::string>> Score(std::span<const TokenLine> lines) {
    if (lines.empty()) return {};
    std::vector<ScoreRequest> requests;
    for (const TokenLine& line : lines) requests.push_back({line.ids, line.prompt_len});
    const absl::StatusOr<std::vector<TokenScores>> scores = scorer_.score(requests);
    if (!scores.ok()) return {scores.status()};
    std::vector<absl::StatusOr<std::string>> answers;
    for (size_t i = 0; i < lines.size(); ++i) {
      JsonAnswer answer(lines[i].id);
      answer.Add("logprobs", (*scores)[i].logprobs);
      answer.Add("entropies", (*scores)[i].entropies);
      answers.push_back(answer.Take());
    }
    return answers;
  }

  // Once.
  void NoteLength(int64_t number, size_t ids) {
    if (noted_ || ids <= static_cast<size_t>(scorer_.config.max_positions) + 1) return;
    noted_ = true;
    notes_ << in_name_ << ":" << number << ": " << ids << " ids, more than the "
           << scorer_.config.max_positions
           << " positions that the model was made for (max_position_embeddings); scored all the same\n";
  }

  Scorer scorer_;
  std::string in_name_;
  std::ostream& notes_;
  bool noted_ = false;
};

}  // namespace

absl::Status RunScoreLines(const ScoreOptions& options, const std::function<absl::StatusOr<Scorer>()>& load,
                           std::ostream& notes) {
  ASSIGN_OR_RETURN(JsonLinesReader in, JsonLinesReader::Open(options.in));
  ASSIGN_OR_RETURN(JsonLinesWriter out, JsonLinesWriter::Open(options.out, in));
  ASSIGN_OR_RETURN(Scorer scorer, load());
  LineScorer lines(std::move(scorer), in.name(), notes);
  return RunJsonLines(&in, &out, kBatch,
                      [&](std::span<const JsonLine> batch) { return lines.Answer(batch); });
}

}  // namespace rubato
