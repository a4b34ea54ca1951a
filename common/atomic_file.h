// A file that is written piece by piece and appears whole or not at all.
//
// Movable, owned by one thread.  Bytes go to PATH.tmp.PID.N; Commit makes them durable and gives them their
// name, replacing what had it.  Without Commit (an error, destruction) the temporary file is removed; after a
// crash it stays behind and no reader looks at it.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace rubato {

class AtomicFile {
 public:
  static absl::StatusOr<AtomicFile> Create(const std::string& path);
  AtomicFile(AtomicFile&&) = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  absl::Status Append(std::string_view bytes);
  // fsync, rename, fsync of the directory.  At most once, and nothing is appended afterwards.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string temporary, UniqueFd fd);

  std::string path_;
  std::string temporary_;
  UniqueFd fd_;  // invalid once there is nothing left to remove
};

}  // namespace rubato
