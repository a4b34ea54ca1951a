// What the hub must never forget: rows in SQLite, payloads in segments, one transaction for both.
//
//   RUN/ledger/ledger.sqlite      rows (ledger_rows.h); schema in ledger_schema.cc
//   RUN/ledger/segments/*.seg     payloads (common/segment.h)
//
// The first write after a Commit opens a transaction and checks the owner row.  Commit makes the segments
// durable, then the transaction; only then may anyone be told of what it holds.  Any error is fatal for
// whoever uses the ledger: it sticks, later writes do nothing, Commit returns it, and what is in memory must
// be thrown away.  Reads see the writes of the open transaction.
//
// Owned by one thread.  The volume is local or a block device, never NFS.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/segment.h"
#include "credit/ledger_db.h"
#include "credit/ledger_rows.h"

namespace rubato {

class Ledger {
 public:
  // Opens or creates the ledger of a run directory whose lock the caller holds, and cuts off what a crash
  // left. FAILED_PRECONDITION: written by another version of the schema.  DATA_LOSS: a referenced record is
  // damaged.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(const std::string& run_directory,
                                                      uint64_t segment_bytes);
  // For reports, beside a hub that may be writing; nothing can be written.  NOT_FOUND: there is no ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> OpenReadOnly(const std::string& run_directory);

  // --- facts about the run, by name
  std::optional<std::string> Fact(std::string_view name) const;
  void PutFact(std::string_view name, std::string_view value);

  // --- who owns the run
  std::optional<OwnerRow> Owner() const;
  // From now on each transaction checks that this is still the owner; ABORTED (exit 75) when it is not.
  void TakeOwnership(const OwnerRow& owner);

  // --- payloads
  PayloadRef AppendPayload(std::string_view payload);
  absl::StatusOr<std::string> ReadPayload(const PayloadRef& ref) const;

  // --- rows; each replaces the one with the same key
  void Put(const UnitRow& row);
  void Put(const SampleRow& row);
  void Put(const LeaseRow& row);
  void EndLease(uint64_t id);
  void Put(const StepRow& row);
  void Put(const VersionRow& row);  // a prepared one is another row than the committed one of the same name
  void DeletePreparedVersions();
  void Put(const EvaluationRow& row);
  void Put(const CheckpointRow& row);
  // Sets the state of all sealed (or, back again, trained) samples of the groups first..end-1.
  void MarkSamples(uint64_t first_group, uint64_t end_group, SampleState from, SampleState to);
  void DeleteEvaluation(uint64_t step);
  void AppendHistory(uint64_t sequence, std::string_view line);

  // --- reading
  std::optional<UnitRow> FindUnit(const UnitKey& unit) const;
  std::optional<SampleRow> FindSample(const UnitKey& unit, uint32_t index) const;
  std::vector<SampleRow> SamplesOf(const UnitKey& unit) const;                  // ascending index
  std::vector<UnitRow> Groups(uint64_t first_group, uint64_t end_group) const;  // ascending
  std::vector<UnitRow> EvalRows(uint64_t step) const;                           // ascending
  std::vector<LeaseRow> OpenLeases() const;
  uint64_t NextLeaseId() const;
  std::optional<uint64_t> LastGroup() const;  // that has a sample
  std::optional<StepRow> FindStep(uint32_t lineage, uint64_t step) const;
  void ForEachStep(const std::function<void(const StepRow&)>& each) const;  // by lineage, step
  std::vector<VersionRow> Versions() const;                                 // by lineage, step
  std::vector<EvaluationRow> Evaluations() const;                           // by step
  std::vector<CheckpointRow> Checkpoints() const;                           // newest first
  // Training samples by state, and dropped ones by reason.
  std::map<SampleState, uint64_t> CountSamples() const;
  std::map<std::string, uint64_t> CountDropped() const;
  uint64_t LastHistory() const;  // sequence of the last event; 0: none
  void ForEachHistory(uint64_t first_sequence,
                      const std::function<void(uint64_t, const std::string&)>& each) const;

  // Makes everything since the last Commit durable: fdatasync of the segments, then the transaction.  Does
  // nothing when nothing was written.  Errors name the file, what the system said and what to do, and end the
  // program with 74.
  absl::Status Commit();

  // The first error of any call.
  absl::Status status() const;

 private:
  Ledger(std::string directory, std::unique_ptr<LedgerDb> db);
  void Write(std::string_view sql, const std::vector<LedgerDb::Value>& parameters);
  void Begin();
  void CheckOwner();

  const std::string directory_;
  std::unique_ptr<LedgerDb> db_;
  std::unique_ptr<SegmentStore> segments_;  // null: read only
  std::optional<OwnerRow> owner_;
  bool in_transaction_ = false;
  absl::Status status_;
};

}  // namespace rubato
