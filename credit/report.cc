#include "credit/report.h"

#include <map>
#include <optional>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/bytes.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"
#include "credit/credit_options.h"
#include "credit/explain.h"
#include "credit/hub_counts.h"
#include "credit/ledger.h"
#include "credit/report_habits.h"
#include "credit/report_puzzle.h"
#include "credit/weighing_input.h"
#include "proto/config.pb.h"
#include "proto/ledger.pb.h"
#include "stats/wire.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

std::string Percent(double share) { return absl::StrFormat("%.1f %%", 100 * share); }

RunConfig ConfigOf(const Ledger& ledger) {
  RunConfig config;
  config.ParseFromString(ledger.Fact("config").value_or(""));
  return config;
}

// The committed steps that survive, with what is known of their batches.
std::map<uint64_t, StepRecord> CommittedSteps(const Ledger& ledger) {
  std::map<uint64_t, StepRecord> steps;
  // Ordered by lineage: a later one replaces what it took back.
  ledger.ForEachStep([&](const StepRow& row) {
    if (row.committed) steps[row.step].ParseFromString(row.summary);
  });
  return steps;
}

void WriteProgress(const std::map<uint64_t, StepRecord>& steps, std::ostream& out) {
  if (steps.empty()) {
    out << "  no step is committed yet\n";
    return;
  }
  uint64_t samples = 0, tokens = 0;
  for (const auto& [step, record] : steps) {
    samples += record.samples();
    tokens += record.tokens();
  }
  out << absl::StrFormat("  mean reward      %.3f -> %.3f   (steps %d and %d)\n",
                         steps.begin()->second.reward_mean(), steps.rbegin()->second.reward_mean(),
                         steps.begin()->first, steps.rbegin()->first);
  out << absl::StrFormat(
      "  trained on       %d samples, %d tokens; mean token weight %.3f in the last step\n", samples, tokens,
      steps.rbegin()->second.gamma_mean());
}

void WriteEvaluations(const Ledger& ledger, std::ostream& out) {
  std::vector<EvaluationRow> evaluations = ledger.Evaluations();
  std::erase_if(evaluations, [](const EvaluationRow& row) { return !row.finished; });
  if (evaluations.empty()) return;
  const EvaluationRow& first = evaluations.front();
  const EvaluationRow& last = evaluations.back();
  out << "  held-out pass@1  " << Percent(first.mean_reward);
  if (evaluations.size() > 1) out << " -> " << Percent(last.mean_reward);
  out << absl::StrFormat("   (%d samples of version %d", first.verified, first.step);
  if (evaluations.size() > 1) out << absl::StrFormat(", %d of version %d", last.verified, last.step);
  out << ")\n";
  for (size_t i = 1; i + 1 < evaluations.size(); ++i) {
    out << absl::StrFormat("    version %-6d  %s   (%d samples)\n", evaluations[i].step,
                           Percent(evaluations[i].mean_reward), evaluations[i].verified);
  }
}

void WriteCounts(const Ledger& ledger, std::ostream& out) {
  const HubCounts counts(ledger);
  out << absl::StrFormat("  samples          %d issued = %d trained + %d dropped + %d pending\n",
                         counts.issued(), counts.trained(), counts.dropped(), counts.pending());
  for (const auto& [reason, samples] : counts.dropped_by_reason()) {
    out << absl::StrFormat("    dropped: %-20s %d\n", reason, samples);
  }
}

absl::Status WriteWeights(const Sample& sample, const Tokenizer& tokenizer, const RunConfig& config,
                          Color color, std::ostream& out) {
  ASSIGN_OR_RETURN(const CreditSettings settings, ResolveCreditSettings(config.credit()));
  ASSIGN_OR_RETURN(const Capture capture, DecodeCapture(sample.stats().capture()));
  ASSIGN_OR_RETURN(const WeighingInput input,
                   ReadWeighingInput(sample, Concat("eval ", sample.key().eval().row()),
                                     sample.key().eval().index(), capture, settings));
  if (!input.stats.Complete()) return absl::NotFoundError("its statistics are incomplete");
  // What the weights would be if the response had earned an advantage of 1.
  const std::vector<double> gamma = WeighTokens(settings, input.View(), 1.0).gamma;
  std::vector<std::string> tokens;
  for (const int32_t id : input.ids) tokens.push_back(tokenizer.Decode(absl::MakeConstSpan(&id, 1)));
  const Emphasis emphasis = color == Color::kYes ? Emphasis::kColours : Emphasis::kBrackets;
  out << "  its weights      " << TokenLine(tokens, gamma, settings.amp, emphasis) << "\n"
      << "                   " << TokenLineLegend(settings.amp, settings.alpha, emphasis) << "\n";
  return absl::OkStatus();
}

std::string AnswerLine(const Sample& sample) {
  return Concat(EscapeForTerminal(sample.text()), "   (reward ", sample.verdict().reward(), ")");
}

absl::Status WritePuzzle(const Ledger& ledger, const RunConfig& config, Color color, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::optional<PuzzlePair> puzzle, ChoosePuzzle(ledger));
  if (!puzzle) return absl::OkStatus();
  // Without the model directory the texts are still there; only tokens cannot be told apart.
  const absl::StatusOr<Tokenizer> tokenizer = Tokenizer::Load(config.policy().model());
  out << "\n";
  if (tokenizer.ok()) {
    ASSIGN_OR_RETURN(const std::vector<int32_t> prompt, UnpackInt32(puzzle->after.segments(0).token_ids()));
    out << "  puzzle           " << EscapeForTerminal(tokenizer->Decode(prompt)) << "   (row " << puzzle->row
        << ")\n";
  } else {
    out << "  puzzle           row " << puzzle->row << "\n";
  }
  out << "  answer before    " << AnswerLine(puzzle->before) << "\n";
  out << "  answer after     " << AnswerLine(puzzle->after) << "\n";
  if (!tokenizer.ok()) return absl::OkStatus();
  const absl::Status weights = WriteWeights(puzzle->after, *tokenizer, config, color, out);
  if (!weights.ok()) out << "  its weights      cannot be shown: " << weights.message() << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteReport(const ReportOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Ledger> ledger, Ledger::OpenReadOnly(options.run_directory));
  const RunConfig config = ConfigOf(*ledger);
  const std::map<uint64_t, StepRecord> steps = CommittedSteps(*ledger);
  out << "run " << ledger->Fact("run_id").value_or("?") << ": " << steps.size() << " of "
      << config.run().steps() << " steps, credit " << config.credit().scheme() << "\n";
  WriteProgress(steps, out);
  WriteEvaluations(*ledger, out);
  RETURN_IF_ERROR(WriteHabits(*ledger, config.task().verifier(), out));
  WriteCounts(*ledger, out);
  RETURN_IF_ERROR(WritePuzzle(*ledger, config, options.color, out));
  out << "\n  in " << options.run_directory
      << ": metrics.jsonl (a line per step), ledger/history.jsonl (every event), ledger/ledger.sqlite, "
         "checkpoints/, "
         "logs/\n";
  return ledger->status();
}

}  // namespace rubato
