// The reading half of Ledger.

#include "absl/strings/str_split.h"
#include "credit/ledger.h"

namespace rubato {
namespace {

using Row = LedgerDb::Row;

int64_t Int(uint64_t value) { return static_cast<int64_t>(value); }
int64_t Evaluation(const UnitKey& unit) { return unit.training() ? -1 : unit.evaluation; }

UnitKey ReadUnitKey(const Row& row, int column) {
  const int64_t evaluation = row.Int(column);
  return {evaluation < 0 ? UnitKey::kTraining : evaluation, row.Uint(column + 1)};
}

std::optional<PayloadRef> ReadRef(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return PayloadRef{static_cast<uint32_t>(row.Uint(column)), row.Uint(column + 1),
                    static_cast<uint32_t>(row.Uint(column + 2))};
}

UnitRow ReadUnit(const Row& row) {
  return {ReadUnitKey(row, 0), static_cast<UnitState>(row.Int(2)), row.Text(3), ReadRef(row, 4)};
}

SampleRow ReadSample(const Row& row) {
  SampleRow sample;
  sample.unit = ReadUnitKey(row, 0);
  sample.index = static_cast<uint32_t>(row.Uint(2));
  sample.state = static_cast<SampleState>(row.Int(3));
  sample.reason = row.Text(4);
  sample.attempt = static_cast<uint32_t>(row.Uint(5));
  sample.lease_id = row.Uint(6);
  sample.digest = row.Text(7);
  sample.payload = ReadRef(row, 8);
  sample.verified = row.Int(11) != 0;
  sample.reward = row.Double(12);
  sample.tokens = row.Uint(13);
  sample.cut_short = row.Int(14) != 0;
  sample.measured = row.Int(15) != 0;
  sample.lineage = static_cast<uint32_t>(row.Uint(16));
  sample.oldest_step = row.Uint(17);
  return sample;
}

StepRow ReadStep(const Row& row) {
  return {static_cast<uint32_t>(row.Uint(0)),
          row.Uint(1),
          row.Text(2),
          row.Text(3),
          row.Int(4) != 0,
          row.Uint(5),
          row.Text(6),
          row.Text(7),
          row.Text(8)};
}

}  // namespace

std::optional<std::string> Ledger::Fact(std::string_view name) const {
  std::optional<std::string> value;
  db_->Run("SELECT value FROM facts WHERE name = ?", {name}, [&](const Row& row) { value = row.Text(0); });
  return value;
}

std::optional<OwnerRow> Ledger::Owner() const {
  std::optional<OwnerRow> owner;
  db_->Run("SELECT run_epoch, hub_incarnation, owner FROM owner", {}, [&](const Row& row) {
    owner = OwnerRow{row.Uint(0), row.Uint(1), row.Text(2)};
  });
  return owner;
}

std::optional<UnitRow> Ledger::FindUnit(const UnitKey& unit) const {
  std::optional<UnitRow> found;
  db_->Run("SELECT * FROM units WHERE evaluation = ? AND ordinal = ?", {Evaluation(unit), Int(unit.ordinal)},
           [&](const Row& row) { found = ReadUnit(row); });
  return found;
}

std::optional<SampleRow> Ledger::FindSample(const UnitKey& unit, uint32_t index) const {
  std::optional<SampleRow> found;
  db_->Run("SELECT * FROM samples WHERE evaluation = ? AND ordinal = ? AND idx = ?",
           {Evaluation(unit), Int(unit.ordinal), Int(index)},
           [&](const Row& row) { found = ReadSample(row); });
  return found;
}

std::vector<SampleRow> Ledger::SamplesOf(const UnitKey& unit) const {
  std::vector<SampleRow> samples;
  db_->Run("SELECT * FROM samples WHERE evaluation = ? AND ordinal = ? ORDER BY idx",
           {Evaluation(unit), Int(unit.ordinal)},
           [&](const Row& row) { samples.push_back(ReadSample(row)); });
  return samples;
}

std::vector<UnitRow> Ledger::Groups(uint64_t first_group, uint64_t end_group) const {
  std::vector<UnitRow> groups;
  db_->Run("SELECT * FROM units WHERE evaluation = -1 AND ordinal >= ? AND ordinal < ? ORDER BY ordinal",
           {Int(first_group), Int(end_group)}, [&](const Row& row) { groups.push_back(ReadUnit(row)); });
  return groups;
}

std::vector<UnitRow> Ledger::EvalRows(uint64_t step) const {
  std::vector<UnitRow> rows;
  db_->Run("SELECT * FROM units WHERE evaluation = ? ORDER BY ordinal", {Int(step)},
           [&](const Row& row) { rows.push_back(ReadUnit(row)); });
  return rows;
}

std::vector<LeaseRow> Ledger::OpenLeases() const {
  std::vector<LeaseRow> leases;
  db_->Run("SELECT * FROM leases WHERE open = 1 ORDER BY id", {}, [&](const Row& row) {
    leases.push_back({row.Uint(0), ReadUnitKey(row, 1), static_cast<uint32_t>(row.Uint(3)), row.Text(4),
                      row.Text(5), static_cast<uint32_t>(row.Uint(6)), row.Uint(7), row.Uint(8)});
  });
  return leases;
}

uint64_t Ledger::NextLeaseId() const {
  uint64_t next = 1;
  db_->Run("SELECT COALESCE(MAX(id), 0) + 1 FROM leases", {}, [&](const Row& row) { next = row.Uint(0); });
  return next;
}

std::optional<uint64_t> Ledger::LastGroup() const {
  std::optional<uint64_t> last;
  db_->Run("SELECT MAX(ordinal) FROM samples WHERE evaluation = -1", {}, [&](const Row& row) {
    if (!row.IsNull(0)) last = row.Uint(0);
  });
  return last;
}

std::optional<StepRow> Ledger::FindStep(uint32_t lineage, uint64_t step) const {
  std::optional<StepRow> found;
  db_->Run("SELECT * FROM steps WHERE lineage = ? AND step = ?", {Int(lineage), Int(step)},
           [&](const Row& row) { found = ReadStep(row); });
  return found;
}

void Ledger::ForEachStep(const std::function<void(const StepRow&)>& each) const {
  db_->Run("SELECT * FROM steps ORDER BY lineage, step", {}, [&](const Row& row) { each(ReadStep(row)); });
}

std::vector<VersionRow> Ledger::Versions() const {
  std::vector<VersionRow> versions;
  db_->Run("SELECT * FROM versions ORDER BY lineage, step", {}, [&](const Row& row) {
    VersionRow version{
        static_cast<uint32_t>(row.Uint(0)), row.Uint(1), row.Text(2), row.Int(3) != 0, row.Uint(4), {}};
    version.addresses = absl::StrSplit(row.Text(5), ' ', absl::SkipEmpty());
    versions.push_back(std::move(version));
  });
  return versions;
}

std::vector<EvaluationRow> Ledger::Evaluations() const {
  std::vector<EvaluationRow> evaluations;
  db_->Run("SELECT * FROM evaluations ORDER BY step", {}, [&](const Row& row) {
    evaluations.push_back({row.Uint(0), static_cast<uint32_t>(row.Uint(1)), row.Text(2), row.Uint(3),
                           static_cast<uint32_t>(row.Uint(4)), row.Int(5) != 0, row.Double(6), row.Uint(7),
                           row.Uint(8)});
  });
  return evaluations;
}

std::vector<CheckpointRow> Ledger::Checkpoints() const {
  std::vector<CheckpointRow> checkpoints;
  db_->Run("SELECT * FROM checkpoints ORDER BY step DESC, generation DESC", {}, [&](const Row& row) {
    checkpoints.push_back({static_cast<uint32_t>(row.Uint(0)), row.Uint(1), row.Uint(2), row.Text(3),
                           row.Text(4), row.Int(5) != 0});
  });
  return checkpoints;
}

std::map<SampleState, uint64_t> Ledger::CountSamples() const {
  std::map<SampleState, uint64_t> counts;
  db_->Run("SELECT state, COUNT(*) FROM samples WHERE evaluation = -1 GROUP BY state", {},
           [&](const Row& row) { counts[static_cast<SampleState>(row.Int(0))] = row.Uint(1); });
  return counts;
}

std::map<std::string, uint64_t> Ledger::CountDropped() const {
  std::map<std::string, uint64_t> counts;
  db_->Run("SELECT reason, COUNT(*) FROM samples WHERE evaluation = -1 AND state = ? GROUP BY reason",
           {static_cast<int64_t>(SampleState::kDropped)},
           [&](const Row& row) { counts[row.Text(0)] = row.Uint(1); });
  return counts;
}

uint64_t Ledger::LastHistory() const {
  uint64_t last = 0;
  db_->Run("SELECT COALESCE(MAX(sequence), 0) FROM history", {}, [&](const Row& row) { last = row.Uint(0); });
  return last;
}

void Ledger::ForEachHistory(uint64_t first_sequence,
                            const std::function<void(uint64_t, const std::string&)>& each) const {
  db_->Run("SELECT sequence, line FROM history WHERE sequence >= ? ORDER BY sequence", {Int(first_sequence)},
           [&](const Row& row) { each(row.Uint(0), row.Text(1)); });
}

}  // namespace rubato
