#include "common/segment.h"

#include <fcntl.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/crc32c.h"
#include "common/digest.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr uint32_t kMagic = 0x31534252;  // "RBS1"
constexpr size_t kHeaderBytes = 48;
constexpr size_t kChecksummedFrom = 8;  // magic and checksum come before it
constexpr int kCompressionLevel = 1;

std::string SegmentPath(const std::string& directory, uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof(name), "%06u.seg", segment);
  return Concat(directory, "/", name);
}

absl::Status Damaged(const std::string& path, uint64_t offset, std::string_view what) {
  return absl::DataLossError(Concat(path, ": the record at byte ", offset, " ", what,
                                    "; the ledger refers to it, so the run cannot go on from this directory. "
                                    "Restore the file from a copy"));
}

absl::StatusOr<std::string> Encode(std::string_view payload) {
  if (payload.size() > std::numeric_limits<uint32_t>::max() / 2) {
    return absl::InvalidArgumentError(
        Concat("a payload of ", payload.size(), " bytes is too large for a record"));
  }
  std::string record(kHeaderBytes + ZSTD_compressBound(payload.size()), '\0');
  const size_t stored = ZSTD_compress(record.data() + kHeaderBytes, record.size() - kHeaderBytes,
                                      payload.data(), payload.size(), kCompressionLevel);
  if (ZSTD_isError(stored)) return absl::InternalError(Concat("zstd: ", ZSTD_getErrorName(stored)));
  record.resize(kHeaderBytes + stored);

  std::string rest;
  AppendNumber(static_cast<uint32_t>(stored), &rest);
  AppendNumber(static_cast<uint32_t>(payload.size()), &rest);
  rest += AsBytes(Sha256(payload));
  record.replace(kChecksummedFrom, rest.size(), rest);
  std::string first;
  AppendNumber(kMagic, &first);
  AppendNumber(Crc32c(std::string_view(record).substr(kChecksummedFrom)), &first);
  record.replace(0, first.size(), first);
  return record;
}

absl::StatusOr<std::string> ReadBytes(const std::string& path, const PayloadRef& ref) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    if (errno == ENOENT) return Damaged(path, ref.offset, "is missing with its whole file");
    return FileError("open", path, errno);
  }
  std::string bytes(ref.bytes, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(ref.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("read", path, errno);
    if (got == 0) return Damaged(path, ref.offset, Concat("ends after ", done, " of ", ref.bytes, " bytes"));
    done += static_cast<size_t>(got);
  }
  return bytes;
}

absl::StatusOr<std::string> Decode(const std::string& path, const PayloadRef& ref,
                                   const std::string& record) {
  const char* header = record.data();
  if (record.size() < kHeaderBytes || LoadNumber<uint32_t>(header) != kMagic) {
    return Damaged(path, ref.offset, "does not begin like a record");
  }
  if (Crc32c(std::string_view(record).substr(kChecksummedFrom)) != LoadNumber<uint32_t>(header + 4) ||
      LoadNumber<uint32_t>(header + 8) != record.size() - kHeaderBytes) {
    return Damaged(path, ref.offset, "differs from its checksum");
  }
  std::string payload(LoadNumber<uint32_t>(header + 12), '\0');
  const size_t raw =
      ZSTD_decompress(payload.data(), payload.size(), header + kHeaderBytes, record.size() - kHeaderBytes);
  if (ZSTD_isError(raw) || raw != payload.size()) return Damaged(path, ref.offset, "cannot be decompressed");
  if (AsBytes(Sha256(payload)) != std::string_view(header + 16, 32)) {
    return Damaged(path, ref.offset, "differs from its digest");
  }
  return payload;
}

// Deletes every segment newer than `newest`: the crash that left them came before their transaction.
absl::Status DeleteNewer(const std::string& directory, uint32_t newest) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    unsigned number = 0;
    char rest = 0;
    if (std::sscanf(entry.path().filename().c_str(), "%6u.se%c", &number, &rest) != 2 || rest != 'g')
      continue;
    if (number <= newest) continue;
    if (!std::filesystem::remove(entry.path(), error))
      return FileError("delete", entry.path().string(), error.value());
  }
  if (error) return FileError("list", directory, error.value());
  return FsyncDirectory(directory);
}

}  // namespace

SegmentStore::SegmentStore(std::string directory, uint64_t segment_bytes, uint32_t newest, AppendFile file)
    : directory_(std::move(directory)),
      segment_bytes_(segment_bytes),
      newest_(newest),
      file_(std::move(file)) {}

absl::StatusOr<std::unique_ptr<SegmentStore>> SegmentStore::Open(const std::string& directory,
                                                                 uint64_t segment_bytes,
                                                                 const std::vector<PayloadRef>& furthest) {
  RETURN_IF_ERROR(CreateDirectories(directory));
  for (const PayloadRef& ref : furthest) RETURN_IF_ERROR(ReadFrom(directory, ref).status());
  const PayloadRef last = furthest.empty() ? PayloadRef{} : furthest.back();
  RETURN_IF_ERROR(DeleteNewer(directory, last.segment));
  const uint32_t newest = furthest.empty() ? 1 : last.segment;
  ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(SegmentPath(directory, newest)));
  if (file.size() > last.end()) RETURN_IF_ERROR(file.Truncate(last.end()));
  return std::unique_ptr<SegmentStore>(new SegmentStore(directory, segment_bytes, newest, std::move(file)));
}

absl::StatusOr<PayloadRef> SegmentStore::Append(std::string_view payload) {
  ASSIGN_OR_RETURN(const std::string record, Encode(payload));
  if (file_.size() >= segment_bytes_) {
    RETURN_IF_ERROR(Sync());
    ASSIGN_OR_RETURN(file_, AppendFile::Open(SegmentPath(directory_, newest_ + 1)));
    ++newest_;
  }
  const PayloadRef ref{newest_, file_.size(), static_cast<uint32_t>(record.size())};
  RETURN_IF_ERROR(file_.Append(record));
  dirty_ = true;
  return ref;
}

absl::Status SegmentStore::Sync() {
  if (!dirty_) return absl::OkStatus();
  RETURN_IF_ERROR(file_.Sync());
  dirty_ = false;
  return absl::OkStatus();
}

absl::StatusOr<std::string> SegmentStore::Read(const PayloadRef& ref) const {
  return ReadFrom(directory_, ref);
}

absl::StatusOr<std::string> SegmentStore::ReadFrom(const std::string& directory, const PayloadRef& ref) {
  const std::string path = SegmentPath(directory, ref.segment);
  ASSIGN_OR_RETURN(const std::string record, ReadBytes(path, ref));
  return Decode(path, ref, record);
}

}  // namespace rubato
