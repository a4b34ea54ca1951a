#include "credit/ledger.h"

#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/status.h"
#include "credit/ledger_schema.h"

namespace rubato {
namespace {

std::string LedgerDirectory(const std::string& run_directory) { return Concat(run_directory, "/ledger"); }
std::string DatabasePath(const std::string& run_directory) {
  return Concat(LedgerDirectory(run_directory), "/ledger.sqlite");
}
std::string SegmentDirectory(const std::string& run_directory) {
  return Concat(LedgerDirectory(run_directory), "/segments");
}

// For each segment the referenced record that ends it.
std::vector<PayloadRef> FurthestPayloads(LedgerDb* db) {
  std::vector<PayloadRef> furthest;
  db->Run(
      "SELECT segment, MAX(offset), bytes FROM (SELECT segment, offset, bytes FROM samples WHERE segment IS "
      "NOT NULL "
      "UNION ALL SELECT segment, offset, bytes FROM units WHERE segment IS NOT NULL) GROUP BY segment ORDER "
      "BY segment",
      {}, [&](const LedgerDb::Row& row) {
        furthest.push_back(
            {static_cast<uint32_t>(row.Uint(0)), row.Uint(1), static_cast<uint32_t>(row.Uint(2))});
      });
  return furthest;
}

// What to do about a disk that failed or is full; the error itself names file and cause.
absl::Status Fatal(const absl::Status& status) {
  if (ExitCodeFor(status) != ExitCode::kIo) return status;
  return WithExitCode(
      absl::Status(status.code(),
                   Concat("the ledger cannot be written, so nothing more is acknowledged: ", status.message(),
                          ". Mend or free the volume and start again with --resume")),
      ExitCode::kIo);
}

}  // namespace

Ledger::Ledger(std::string directory, std::unique_ptr<LedgerDb> db)
    : directory_(std::move(directory)), db_(std::move(db)) {}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(const std::string& run_directory,
                                                     uint64_t segment_bytes) {
  RETURN_IF_ERROR(CreateDirectories(LedgerDirectory(run_directory)));
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerDb> db,
                   LedgerDb::Open(DatabasePath(run_directory), LedgerDb::Mode::kReadWrite));
  if (absl::Status status = CreateOrCheckSchema(db.get()); !status.ok()) {
    return Annotate(status, DatabasePath(run_directory));
  }
  const std::vector<PayloadRef> furthest = FurthestPayloads(db.get());
  RETURN_IF_ERROR(db->status());
  std::unique_ptr<Ledger> ledger(new Ledger(SegmentDirectory(run_directory), std::move(db)));
  ASSIGN_OR_RETURN(ledger->segments_, SegmentStore::Open(ledger->directory_, segment_bytes, furthest));
  return ledger;
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::OpenReadOnly(const std::string& run_directory) {
  const std::string path = DatabasePath(run_directory);
  if (!FileExists(path)) {
    return absl::NotFoundError(
        Concat(run_directory, " is not a run directory: it has no ledger/ledger.sqlite"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerDb> db, LedgerDb::Open(path, LedgerDb::Mode::kReadOnly));
  if (absl::Status status = CheckSchema(db.get()); !status.ok()) return Annotate(status, path);
  return std::unique_ptr<Ledger>(new Ledger(SegmentDirectory(run_directory), std::move(db)));
}

void Ledger::TakeOwnership(const OwnerRow& owner) {
  if (!in_transaction_) Begin();
  Write("REPLACE INTO owner VALUES (1, ?, ?, ?)",
        {static_cast<int64_t>(owner.run_epoch), static_cast<int64_t>(owner.hub_incarnation),
         std::string_view(owner.owner)});
  owner_ = owner;
}

PayloadRef Ledger::AppendPayload(std::string_view payload) {
  if (!status_.ok()) return {};
  absl::StatusOr<PayloadRef> ref = segments_->Append(payload);
  if (!ref.ok()) {
    status_ = ref.status();
    return {};
  }
  return *ref;
}

absl::StatusOr<std::string> Ledger::ReadPayload(const PayloadRef& ref) const {
  return SegmentStore::ReadFrom(directory_, ref);
}

void Ledger::Begin() {
  // IMMEDIATE: whoever else writes is noticed here, not in the middle.
  db_->Run("BEGIN IMMEDIATE");
  in_transaction_ = true;
  CheckOwner();
}

void Ledger::CheckOwner() {
  if (!owner_) return;
  const std::optional<OwnerRow> row = Owner();
  if (!status().ok()) return;
  if (row && row->run_epoch == owner_->run_epoch && row->hub_incarnation == owner_->hub_incarnation) return;
  status_ =
      absl::AbortedError(Concat("another hub took this run over (epoch ", row ? row->run_epoch : 0,
                                ", incarnation ", row ? row->hub_incarnation : 0, "); this one is epoch ",
                                owner_->run_epoch, ", incarnation ", owner_->hub_incarnation, " and ends"));
}

void Ledger::Write(std::string_view sql, const std::vector<LedgerDb::Value>& parameters) {
  if (!status().ok()) return;
  if (!in_transaction_) Begin();
  if (status().ok()) db_->Run(sql, parameters);
}

absl::Status Ledger::Commit() {
  if (status().ok() && in_transaction_) {
    status_ = segments_->Sync();
    if (status_.ok()) db_->Run("COMMIT");
    in_transaction_ = false;
  }
  return Fatal(status());
}

absl::Status Ledger::status() const { return status_.ok() ? db_->status() : status_; }

}  // namespace rubato
