#include "credit/ledger_schema.h"

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

// `evaluation` is the step of the weights that are evaluated, -1 for training; states are the enums of
// ledger_rows.h. A payload is (segment, offset, bytes) in segments/, NULL when there is none.
constexpr char kTables[] = R"(
  CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

  CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    run_epoch INTEGER NOT NULL, hub_incarnation INTEGER NOT NULL, owner TEXT NOT NULL);

  CREATE TABLE units (
    evaluation INTEGER NOT NULL, ordinal INTEGER NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,
    segment INTEGER, offset INTEGER, bytes INTEGER,
    PRIMARY KEY (evaluation, ordinal)) WITHOUT ROWID;

  CREATE TABLE samples (
    evaluation INTEGER NOT NULL, ordinal INTEGER NOT NULL, idx INTEGER NOT NULL,
    state INTEGER NOT NULL, reason TEXT NOT NULL, attempt INTEGER NOT NULL, lease_id INTEGER NOT NULL,
    digest BLOB, segment INTEGER, offset INTEGER, bytes INTEGER,
    verified INTEGER NOT NULL, reward REAL NOT NULL, tokens INTEGER NOT NULL, cut_short INTEGER NOT NULL,
    measured INTEGER NOT NULL, lineage INTEGER NOT NULL, oldest_step INTEGER NOT NULL,
    PRIMARY KEY (evaluation, ordinal, idx)) WITHOUT ROWID;

  CREATE TABLE leases (
    id INTEGER PRIMARY KEY, evaluation INTEGER NOT NULL, ordinal INTEGER NOT NULL, attempt INTEGER NOT NULL,
    worker TEXT NOT NULL, instance TEXT NOT NULL,
    lineage INTEGER NOT NULL, oldest_step INTEGER NOT NULL, newest_step INTEGER NOT NULL,
    open INTEGER NOT NULL);
  CREATE INDEX open_leases ON leases (id) WHERE open = 1;

  CREATE TABLE steps (
    lineage INTEGER NOT NULL, step INTEGER NOT NULL, batch_digest BLOB NOT NULL, summary BLOB NOT NULL,
    committed INTEGER NOT NULL, generation INTEGER NOT NULL, weight_digest BLOB NOT NULL,
    report BLOB NOT NULL, commit_record BLOB NOT NULL,
    PRIMARY KEY (lineage, step)) WITHOUT ROWID;

  CREATE TABLE versions (
    lineage INTEGER NOT NULL, step INTEGER NOT NULL, digest BLOB NOT NULL, prepared INTEGER NOT NULL,
    generation INTEGER NOT NULL, addresses TEXT NOT NULL,
    PRIMARY KEY (lineage, step, prepared)) WITHOUT ROWID;

  CREATE TABLE evaluations (
    step INTEGER PRIMARY KEY, lineage INTEGER NOT NULL, digest BLOB NOT NULL, rows INTEGER NOT NULL,
    samples_per_row INTEGER NOT NULL, finished INTEGER NOT NULL, mean_reward REAL NOT NULL,
    verified INTEGER NOT NULL, failed INTEGER NOT NULL);

  CREATE TABLE checkpoints (
    lineage INTEGER NOT NULL, step INTEGER NOT NULL, generation INTEGER NOT NULL, path TEXT NOT NULL,
    manifest_digest BLOB NOT NULL, retired INTEGER NOT NULL,
    PRIMARY KEY (lineage, step, generation)) WITHOUT ROWID;

  CREATE TABLE history (sequence INTEGER PRIMARY KEY, line TEXT NOT NULL);
)";

int VersionOf(LedgerDb* db) {
  int version = 0;
  db->Run("PRAGMA user_version", {},
          [&](const LedgerDb::Row& row) { version = static_cast<int>(row.Int(0)); });
  return version;
}

}  // namespace

absl::Status CheckSchema(LedgerDb* db) {
  const int version = VersionOf(db);
  RETURN_IF_ERROR(db->status());
  if (version == kLedgerSchemaVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(Concat("the ledger has schema version ", version,
                                              ", this program reads version ", kLedgerSchemaVersion,
                                              "; use the build that began the run"));
}

absl::Status CreateOrCheckSchema(LedgerDb* db) {
  if (VersionOf(db) == 0) {
    db->RunScript(Concat("BEGIN;", kTables, "PRAGMA user_version = ", kLedgerSchemaVersion, "; COMMIT"));
  }
  RETURN_IF_ERROR(db->status());
  return CheckSchema(db);
}

}  // namespace rubato
