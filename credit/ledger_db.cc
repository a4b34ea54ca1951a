#include "credit/ledger_db.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "common/concat.h"
#include "common/exit_code.h"

namespace rubato {
namespace {

// A report that reads while the hub writes waits this long for a lock.
constexpr int kBusyMilliseconds = 10000;

std::string_view Remedy(int code) {
  if (code == SQLITE_FULL) return "; free some space on that volume and start again with --resume";
  if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM) {
    return "; make the directory writable for this user";
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return "; restore the file from a copy";
  return "; check the volume and start again with --resume";
}

absl::Status SqliteError(sqlite3* db, const std::string& path, std::string_view action) {
  const int code = sqlite3_errcode(db) & 0xff;
  const bool asked_system = code == SQLITE_IOERR || code == SQLITE_FULL || code == SQLITE_CANTOPEN;
  const int system = asked_system ? sqlite3_system_errno(db) : 0;
  std::string message = Concat("cannot ", action, " ", path, ": ", sqlite3_errmsg(db));
  if (system != 0) message += Concat(" (", std::strerror(system), ")");
  message += Remedy(system == ENOSPC ? SQLITE_FULL : code);
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return absl::DataLossError(message);
  if (code == SQLITE_ERROR || code == SQLITE_MISUSE || code == SQLITE_CONSTRAINT)
    return absl::InternalError(message);
  return WithExitCode(absl::UnavailableError(message), ExitCode::kIo);
}

void Bind(sqlite3_stmt* statement, int at, const LedgerDb::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    sqlite3_bind_int64(statement, at, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, at, *real);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
  } else if (const auto* blob = std::get_if<LedgerDb::Blob>(&value)) {
    // A null pointer would bind NULL instead of an empty blob.
    sqlite3_bind_blob(statement, at, blob->bytes.empty() ? "" : blob->bytes.data(),
                      static_cast<int>(blob->bytes.size()), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(statement, at);
  }
}

}  // namespace

bool LedgerDb::Row::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
int64_t LedgerDb::Row::Int(int column) const { return sqlite3_column_int64(statement_, column); }
double LedgerDb::Row::Double(int column) const { return sqlite3_column_double(statement_, column); }
std::string LedgerDb::Row::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

absl::StatusOr<std::unique_ptr<LedgerDb>> LedgerDb::Open(const std::string& path, Mode mode) {
  sqlite3* raw = nullptr;
  const int flags =
      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &raw, flags, nullptr) != SQLITE_OK) {
    absl::Status status = SqliteError(raw, path, "open");
    sqlite3_close(raw);
    return status;
  }
  std::unique_ptr<LedgerDb> db(new LedgerDb(path, raw));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  if (mode == Mode::kReadWrite) {
    db->Run("PRAGMA journal_mode=WAL");
    db->Run("PRAGMA synchronous=FULL");
  }
  if (!db->status().ok()) return db->status();
  return db;
}

LedgerDb::~LedgerDb() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

void LedgerDb::Fail(std::string_view action) {
  if (status_.ok()) status_ = SqliteError(db_, path_, action);
}

sqlite3_stmt* LedgerDb::Prepared(std::string_view sql) {
  auto [entry, fresh] = statements_.try_emplace(std::string(sql), nullptr);
  if (!fresh && entry->second != nullptr) return entry->second;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &entry->second, nullptr) !=
      SQLITE_OK) {
    Fail("read");
    return nullptr;
  }
  return entry->second;
}

void LedgerDb::Run(std::string_view sql, const std::vector<Value>& parameters,
                   const std::function<void(const Row&)>& each) {
  if (!status_.ok()) return;
  sqlite3_stmt* statement = Prepared(sql);
  if (statement == nullptr) return;
  for (size_t i = 0; i < parameters.size(); ++i) Bind(statement, static_cast<int>(i) + 1, parameters[i]);
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (each) each(Row(statement));
  }
  if (code != SQLITE_DONE) Fail(sqlite3_stmt_readonly(statement) ? "read" : "write");
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

void LedgerDb::RunScript(const std::string& sql) {
  if (!status_.ok()) return;
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail("write");
}

}  // namespace rubato
