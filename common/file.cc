#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "common/atomic_file.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file_write.h"
#include "common/status.h"
#include "common/unique_fd.h"

namespace rubato {
namespace {

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

absl::StatusOr<size_t> SizeOfRegularFile(const UniqueFd& fd, const std::string& path) {
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return FileError("stat", path, errno);
  if (S_ISDIR(info.st_mode)) return absl::InvalidArgumentError(Concat(path, " is a directory, not a file"));
  return static_cast<size_t>(std::max<off_t>(info.st_size, 0));
}

}  // namespace

absl::Status FileError(std::string_view action, std::string_view path, int error) {
  char buffer[128];
  const char* reason = ::strerror_r(error, buffer, sizeof(buffer));
  const std::string message = Concat("cannot ", action, " ", path, ": ", reason);
  if (error == ENOENT) return absl::NotFoundError(message);
  const bool is_full =
      error == ENOSPC || error == EDQUOT || error == EFBIG || error == EMFILE || error == ENFILE;
  return WithExitCode(is_full ? absl::ResourceExhaustedError(message) : absl::UnknownError(message),
                      ExitCode::kIo);
}

absl::Status WriteAll(int fd, std::string_view path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path, errno);
    bytes.remove_prefix(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  // A named pipe that nobody writes to must not make us wait: it is empty.  Other pipes are read to their
  // end.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return FileError("open", path, errno);
  if (::fcntl(fd.get(), F_SETFL, 0) != 0) return FileError("open", path, errno);
  ASSIGN_OR_RETURN(const size_t expected, SizeOfRegularFile(fd, path));
  std::string contents;
  // One byte more shows whether the file has grown; files of /proc say they are empty.
  size_t room = std::max<size_t>(std::min(expected, max_bytes) + 1, 4096);
  while (true) {
    const size_t size = contents.size();
    contents.resize(size + room);
    const ssize_t got = ::read(fd.get(), contents.data() + size, room);
    contents.resize(size + std::max<ssize_t>(got, 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("read", path, errno);
    if (got == 0) return contents;
    if (contents.size() > max_bytes) {
      return absl::ResourceExhaustedError(Concat(path, " is larger than the limit of ", max_bytes, " bytes"));
    }
    room = std::max<size_t>(expected + 1 > contents.size() ? expected + 1 - contents.size() : 0, 4096);
  }
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view contents) {
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file.Append(contents));
  return file.Commit();
}

absl::Status FsyncDirectory(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open directory", directory, errno);
  if (::fsync(fd.get()) != 0) return FileError("fsync directory", directory, errno);
  return absl::OkStatus();
}

absl::Status CreateDirectories(const std::string& directory) {
  struct stat info;
  if (::stat(directory.c_str(), &info) == 0) {
    return S_ISDIR(info.st_mode) ? absl::OkStatus() : FileError("create directory", directory, ENOTDIR);
  }
  const std::string parent = ParentOf(directory);
  if (parent != directory) RETURN_IF_ERROR(CreateDirectories(parent));
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
    return FileError("create directory", directory, errno);
  return FsyncDirectory(parent);
}

bool FileExists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

}  // namespace rubato
