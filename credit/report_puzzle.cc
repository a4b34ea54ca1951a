#include "credit/report_puzzle.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/status.h"

namespace rubato {
namespace {

struct Candidate {
  SampleRow before;
  SampleRow after;
};

bool Answered(const SampleRow& row) { return row.verified && row.payload.has_value(); }

// The answers of one row by sample index, where both evaluations have one.
std::vector<Candidate> CandidatesOf(const Ledger& ledger, uint64_t first, uint64_t last, uint64_t row) {
  std::vector<Candidate> candidates;
  const std::vector<SampleRow> before = ledger.SamplesOf(UnitKey::EvalRow(first, row));
  const std::vector<SampleRow> after = ledger.SamplesOf(UnitKey::EvalRow(last, row));
  for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (Answered(before[i]) && Answered(after[i])) candidates.push_back({before[i], after[i]});
  }
  return candidates;
}

absl::StatusOr<Sample> Read(const Ledger& ledger, const SampleRow& row) {
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(*row.payload));
  Sample sample;
  if (!sample.ParseFromString(payload)) return absl::DataLossError("a stored sample cannot be parsed");
  return sample;
}

absl::StatusOr<std::optional<PuzzlePair>> ReadPair(const Ledger& ledger, const Candidate& candidate) {
  PuzzlePair pair;
  pair.row = candidate.before.unit.ordinal;
  ASSIGN_OR_RETURN(pair.before, Read(ledger, candidate.before));
  ASSIGN_OR_RETURN(pair.after, Read(ledger, candidate.after));
  return std::optional<PuzzlePair>(std::move(pair));
}

}  // namespace

absl::StatusOr<std::optional<PuzzlePair>> ChoosePuzzle(const Ledger& ledger) {
  std::vector<EvaluationRow> evaluations = ledger.Evaluations();
  std::erase_if(evaluations, [](const EvaluationRow& row) { return !row.finished; });
  if (evaluations.size() < 2) return std::optional<PuzzlePair>();
  const EvaluationRow& first = evaluations.front();
  const EvaluationRow& last = evaluations.back();
  std::optional<Candidate> any;
  for (uint64_t row = 0; row < std::min(first.rows, last.rows); ++row) {
    for (const Candidate& candidate : CandidatesOf(ledger, first.step, last.step, row)) {
      if (candidate.before.reward < candidate.after.reward) return ReadPair(ledger, candidate);
      if (!any) any = candidate;
    }
  }
  if (!any) return std::optional<PuzzlePair>();
  return ReadPair(ledger, *any);
}

}  // namespace rubato
