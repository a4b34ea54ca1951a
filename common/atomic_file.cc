#include "common/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include <atomic>
#include <filesystem>
#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/file_write.h"
#include "common/status.h"

namespace rubato {
namespace {

// A name beside `path` that no other process and no other thread of this one uses.
std::string TemporaryName(const std::string& path) {
  static std::atomic<uint64_t> count = 0;
  return Concat(path, ".tmp.", ::getpid(), ".", count++);
}

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string temporary, UniqueFd fd)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path) {
  const std::string temporary = TemporaryName(path);
  UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd.valid()) return FileError("create", temporary, errno);
  return AtomicFile(path, temporary, std::move(fd));
}

AtomicFile::~AtomicFile() {
  if (fd_.valid()) ::unlink(temporary_.c_str());
}

absl::Status AtomicFile::Append(std::string_view bytes) { return WriteAll(fd_.get(), temporary_, bytes); }

absl::Status AtomicFile::Commit() {
  if (::fsync(fd_.get()) != 0) return FileError("fsync", temporary_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return FileError("rename to", path_, errno);
  if (::close(fd_.release()) != 0) return FileError("close", path_, errno);
  return FsyncDirectory(ParentOf(path_));
}

}  // namespace rubato
