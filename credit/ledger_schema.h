// The tables of the ledger and their version.

#pragma once

#include "absl/status/status.h"
#include "credit/ledger_db.h"

namespace rubato {

// Grows with every change of the tables.
inline constexpr int kLedgerSchemaVersion = 1;

// Creates the tables in an empty file.  FAILED_PRECONDITION naming both versions when it holds those of
// another one.
absl::Status CreateOrCheckSchema(LedgerDb* db);
absl::Status CheckSchema(LedgerDb* db);

}  // namespace rubato
