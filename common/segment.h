// Append-only files of payload records: what is too large for the rows of the ledger lies here, and a row
// says where.
//
//   <directory>/000001.seg, 000002.seg, ...
//   record = u32 magic "RBS1" | u32 CRC-32C of all that follows | u32 stored bytes | u32 payload bytes |
//            32 bytes SHA-256 of the payload | stored bytes: one zstd frame of the payload
//
// All numbers are little-endian.  A record is referenced by a row of a committed transaction or it does not
// exist: what lies behind the last referenced record at Open is the tail of a crash and is cut off, whole or
// torn.
//
// Owned by one thread.  After an error of Append or Sync the store must not be used further
// (common/append_file.h).

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/append_file.h"

namespace rubato {

// Where a record lies.
struct PayloadRef {
  uint32_t segment = 0;  // from 1
  uint64_t offset = 0;   // of its header, in bytes
  uint32_t bytes = 0;    // header and stored bytes

  uint64_t end() const { return offset + bytes; }
  friend auto operator<=>(const PayloadRef&, const PayloadRef&) = default;
};

class SegmentStore {
 public:
  // Opens or creates `directory`.  `furthest` names, for each segment that is referenced at all, the
  // referenced record that ends it, in ascending order.  They are read; what lies behind the last of them is
  // cut off and deleted. DATA_LOSS naming file and offset: one of them is missing or not whole.
  static absl::StatusOr<std::unique_ptr<SegmentStore>> Open(const std::string& directory,
                                                            uint64_t segment_bytes,
                                                            const std::vector<PayloadRef>& furthest);

  // Writes one record, into a new segment when the newest has reached `segment_bytes`.  Not durable before
  // Sync.
  absl::StatusOr<PayloadRef> Append(std::string_view payload);

  // fdatasync of everything appended since the last call; nothing when there is nothing.
  absl::Status Sync();

  // The payload.  DATA_LOSS naming file and offset when the record is torn, or differs from its checksum or
  // digest.
  absl::StatusOr<std::string> Read(const PayloadRef& ref) const;

  // The same for a directory that someone else may be writing.
  static absl::StatusOr<std::string> ReadFrom(const std::string& directory, const PayloadRef& ref);

 private:
  SegmentStore(std::string directory, uint64_t segment_bytes, uint32_t newest, AppendFile file);

  const std::string directory_;
  const uint64_t segment_bytes_;
  uint32_t newest_;
  AppendFile file_;
  bool dirty_ = false;
};

}  // namespace rubato
