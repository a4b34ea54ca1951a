#include "common/append_file.h"

#include <errno.h>
#include <fcntl.h>

#include <filesystem>

#include "common/concat.h"
#include "common/file.h"
#include "common/file_write.h"
#include "common/status.h"

namespace rubato {

AppendFile::AppendFile(std::string path, UniqueFd fd, uint64_t size)
    : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

absl::StatusOr<AppendFile> AppendFile::Open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd.valid()) return FileError("open", path, errno);
  const off_t size = ::lseek(fd.get(), 0, SEEK_END);
  if (size < 0) return FileError("seek in", path, errno);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  RETURN_IF_ERROR(FsyncDirectory(parent.empty() ? "." : parent));
  return AppendFile(path, std::move(fd), static_cast<uint64_t>(size));
}

absl::Status AppendFile::Append(std::string_view bytes) {
  RETURN_IF_ERROR(WriteAll(fd_.get(), path_, bytes));
  size_ += bytes.size();
  return absl::OkStatus();
}

absl::Status AppendFile::Sync() {
  if (::fdatasync(fd_.get()) != 0) return FileError("fdatasync", path_, errno);
  return absl::OkStatus();
}

absl::Status AppendFile::Truncate(uint64_t size) {
  if (size > size_) {
    return absl::InternalError(Concat("cannot cut ", path_, " of ", size_, " bytes to ", size));
  }
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return FileError("truncate", path_, errno);
  size_ = size;
  return Sync();
}

}  // namespace rubato
