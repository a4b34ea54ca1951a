// The writing half of Ledger.

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "credit/ledger.h"

namespace rubato {
namespace {

using Value = LedgerDb::Value;

Value Int(uint64_t value) { return static_cast<int64_t>(value); }
Value Evaluation(const UnitKey& unit) { return unit.training() ? int64_t{-1} : unit.evaluation; }
Value Blob(std::string_view bytes) { return LedgerDb::Blob{bytes}; }

void AppendRef(const std::optional<PayloadRef>& ref, std::vector<Value>* values) {
  if (!ref) {
    values->insert(values->end(), 3, std::monostate{});
    return;
  }
  values->insert(values->end(), {Int(ref->segment), Int(ref->offset), Int(ref->bytes)});
}

}  // namespace

void Ledger::PutFact(std::string_view name, std::string_view value) {
  Write("REPLACE INTO facts VALUES (?, ?)", {name, Blob(value)});
}

void Ledger::Put(const UnitRow& row) {
  std::vector<Value> values = {Evaluation(row.unit), Int(row.unit.ordinal), static_cast<int64_t>(row.state),
                               std::string_view(row.reason)};
  AppendRef(row.credit, &values);
  Write("REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?)", values);
}

void Ledger::Put(const SampleRow& row) {
  std::vector<Value> values = {
      Evaluation(row.unit),         Int(row.unit.ordinal), Int(row.index),    static_cast<int64_t>(row.state),
      std::string_view(row.reason), Int(row.attempt),      Int(row.lease_id), Blob(row.digest)};
  AppendRef(row.payload, &values);
  values.insert(values.end(), {Int(row.verified), row.reward, Int(row.tokens), Int(row.cut_short),
                               Int(row.measured), Int(row.lineage), Int(row.oldest_step)});
  Write("REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values);
}

void Ledger::Put(const LeaseRow& row) {
  Write("REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        {Int(row.id), Evaluation(row.unit), Int(row.unit.ordinal), Int(row.attempt),
         std::string_view(row.worker), std::string_view(row.instance), Int(row.lineage), Int(row.oldest_step),
         Int(row.newest_step)});
}

void Ledger::EndLease(uint64_t id) { Write("UPDATE leases SET open = 0 WHERE id = ?", {Int(id)}); }

void Ledger::Put(const StepRow& row) {
  Write("REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {Int(row.lineage), Int(row.step), Blob(row.batch_digest), Blob(row.summary), Int(row.committed),
         Int(row.generation), Blob(row.weight_digest), Blob(row.report), Blob(row.commit_record)});
}

void Ledger::Put(const VersionRow& row) {
  const std::string addresses = absl::StrJoin(row.addresses, " ");
  Write("REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?)",
        {Int(row.lineage), Int(row.step), Blob(row.digest), Int(row.prepared), Int(row.generation),
         std::string_view(addresses)});
}

void Ledger::DeletePreparedVersions() { Write("DELETE FROM versions WHERE prepared = 1", {}); }

void Ledger::Put(const EvaluationRow& row) {
  Write("REPLACE INTO evaluations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {Int(row.step), Int(row.lineage), Blob(row.digest), Int(row.rows), Int(row.samples_per_row),
         Int(row.finished), row.mean_reward, Int(row.verified), Int(row.failed)});
}

void Ledger::Put(const CheckpointRow& row) {
  Write("REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
        {Int(row.lineage), Int(row.step), Int(row.generation), std::string_view(row.path),
         Blob(row.manifest_digest), Int(row.retired)});
}

void Ledger::MarkSamples(uint64_t first_group, uint64_t end_group, SampleState from, SampleState to) {
  Write("UPDATE samples SET state = ? WHERE evaluation = -1 AND ordinal >= ? AND ordinal < ? AND state = ?",
        {static_cast<int64_t>(to), Int(first_group), Int(end_group), static_cast<int64_t>(from)});
}

void Ledger::DeleteEvaluation(uint64_t step) {
  Write("DELETE FROM evaluations WHERE step = ?", {Int(step)});
  Write("DELETE FROM units WHERE evaluation = ?", {Int(step)});
  Write("DELETE FROM samples WHERE evaluation = ?", {Int(step)});
}

void Ledger::AppendHistory(uint64_t sequence, std::string_view line) {
  Write("INSERT INTO history VALUES (?, ?)", {Int(sequence), line});
}

}  // namespace rubato
