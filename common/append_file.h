// A file that only grows: the ledger's segments, histories, JSON lines.
//
// Movable, owned by one thread.  After any error the file's tail is unknown: the owner stops using it.  After
// a failed Sync nothing written since the last good one may be relied upon, and trying again proves nothing
// (the kernel may have dropped the pages): it is fatal for the process.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace rubato {

class AppendFile {
 public:
  // Opens, or creates (and makes the name durable).
  static absl::StatusOr<AppendFile> Open(const std::string& path);

  // Writes all of `bytes` at the end.
  absl::Status Append(std::string_view bytes);
  // fdatasync: after OK all that was appended survives a power cut.
  absl::Status Sync();
  // Cuts off what lies beyond `size`, durably.
  absl::Status Truncate(uint64_t size);

  uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  AppendFile(std::string path, UniqueFd fd, uint64_t size);

  std::string path_;
  UniqueFd fd_;
  uint64_t size_;
};

}  // namespace rubato
