#include "credit/report_habits.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/status.h"
#include "proto/sample.pb.h"
#include "tasks/countdown_traits.h"

namespace rubato {
namespace {

// Sums over the answers of one evaluation.
struct Habits {
  double answers = 0, tokens = 0, cut = 0;
  double tries = 0, hits = 0, steps = 0, slips = 0;  // countdown only

  static double Ratio(double sum, double count) { return count > 0 ? sum / count : 0; }
};

absl::Status AddCountdown(const Ledger& ledger, const SampleRow& row, Habits* habits) {
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(*row.payload));
  Sample sample;
  if (!sample.ParseFromString(payload)) return absl::DataLossError("a stored sample cannot be parsed");
  const CountdownTraits traits = TraitsOfCountdown(sample.text());
  habits->tries += traits.tries;
  habits->hits += traits.hits;
  habits->steps += traits.steps;
  habits->slips += traits.slips;
  return absl::OkStatus();
}

// Over the first `rows` rows of the evaluation of version `step`.
absl::StatusOr<Habits> HabitsAt(const Ledger& ledger, uint64_t step, uint64_t rows, bool countdown) {
  Habits habits;
  for (uint64_t row = 0; row < rows; ++row) {
    for (const SampleRow& sample : ledger.SamplesOf(UnitKey::EvalRow(step, row))) {
      if (!sample.verified || !sample.payload) continue;
      habits.answers += 1;
      habits.tokens += static_cast<double>(sample.tokens);
      habits.cut += sample.cut_short;
      if (countdown) RETURN_IF_ERROR(AddCountdown(ledger, sample, &habits));
    }
  }
  return habits;
}

void Line(const char* name, const char* format, double before, double after, std::ostream& out) {
  const auto text = [format](double value) {
    return absl::StrFormat(*absl::ParsedFormat<'f'>::New(format), value);
  };
  out << absl::StrFormat("    %-30s %8s -> %s\n", name, text(before), text(after));
}

void WriteCountdown(const Habits& before, const Habits& after, std::ostream& out) {
  const auto ratio = [&](const char* name, const char* format, double scale, double Habits::*sum,
                         double Habits::*count) {
    Line(name, format, scale * Habits::Ratio(before.*sum, before.*count),
         scale * Habits::Ratio(after.*sum, after.*count), out);
  };
  ratio("tries per answer (searching)", "%.2f", 1, &Habits::tries, &Habits::answers);
  ratio("tries that hit (choosing)", "%.1f %%", 100, &Habits::hits, &Habits::tries);
  ratio("wrong sums (arithmetic)", "%.1f %%", 100, &Habits::slips, &Habits::steps);
}

}  // namespace

absl::Status WriteHabits(const Ledger& ledger, const std::string& verifier, std::ostream& out) {
  std::vector<EvaluationRow> evaluations = ledger.Evaluations();
  std::erase_if(evaluations, [](const EvaluationRow& row) { return !row.finished; });
  if (evaluations.size() < 2) return absl::OkStatus();
  const EvaluationRow &first = evaluations.front(), &last = evaluations.back();
  const uint64_t rows = std::min(first.rows, last.rows);
  const bool countdown = verifier == "countdown";
  ASSIGN_OR_RETURN(const Habits before, HabitsAt(ledger, first.step, rows, countdown));
  ASSIGN_OR_RETURN(const Habits after, HabitsAt(ledger, last.step, rows, countdown));
  out << "  how it answers, on the same " << rows << " held-out rows\n";
  Line("tokens per answer", "%.1f", Habits::Ratio(before.tokens, before.answers),
       Habits::Ratio(after.tokens, after.answers), out);
  Line("answers cut at the limit", "%.1f %%", 100 * Habits::Ratio(before.cut, before.answers),
       100 * Habits::Ratio(after.cut, after.answers), out);
  if (countdown) WriteCountdown(before, after, out);
  return absl::OkStatus();
}

}  // namespace rubato
