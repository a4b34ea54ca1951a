// A thin layer over one SQLite connection: statements by text, kept prepared; parameters and columns by C++
// type. The only includer of sqlite3.h besides its .cc.
//
// Owned by one thread.  Errors are sticky: after the first one every call does nothing and the status tells
// it, so that code which writes rows reads as if nothing could fail, and asks once, at the end.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rubato {

class LedgerDb {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  struct Blob {
    std::string_view bytes;
  };
  using Value = std::variant<std::monostate, int64_t, double, std::string_view, Blob>;

  // One row of a result; valid during the callback.
  class Row {
   public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    bool IsNull(int column) const;
    int64_t Int(int column) const;
    uint64_t Uint(int column) const { return static_cast<uint64_t>(Int(column)); }
    double Double(int column) const;
    std::string Text(int column) const;  // of a text or a blob

   private:
    sqlite3_stmt* statement_;
  };

  // kReadWrite creates the file, in WAL mode with synchronous=FULL.  Errors name the path and what the system
  // said.
  static absl::StatusOr<std::unique_ptr<LedgerDb>> Open(const std::string& path, Mode mode);
  ~LedgerDb();
  LedgerDb(const LedgerDb&) = delete;
  LedgerDb& operator=(const LedgerDb&) = delete;

  // Runs one statement; `each` sees every row of its result, and must not run the same statement again.
  void Run(std::string_view sql, const std::vector<Value>& parameters = {},
           const std::function<void(const Row&)>& each = nullptr);
  // Several statements separated by ';', without parameters.
  void RunScript(const std::string& sql);

  // The first error since Open.  A full disk and every other failure of the system ends the program with 74.
  const absl::Status& status() const { return status_; }

 private:
  LedgerDb(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}
  sqlite3_stmt* Prepared(std::string_view sql);
  void Fail(std::string_view action);

  const std::string path_;
  sqlite3* db_;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
  absl::Status status_;
};

}  // namespace rubato
