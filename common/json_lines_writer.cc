#include "common/json_lines_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/file_write.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr size_t kHeldBytes = size_t{256} << 10;

absl::Status IoError(std::string_view action, const std::string& name, int error) {
  return WithExitCode(FileError(action, name, error), ExitCode::kIo);
}

bool IsSameFile(const struct stat& a, const struct stat& b) {
  return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

absl::StatusOr<JsonLinesWriter> JsonLinesWriter::Open(const std::string& path, const JsonLinesReader& in) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard output" : path;
  UniqueFd fd(standard ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                       : ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return IoError("open", name, errno);
  struct stat own, other;
  if (::fstat(fd.get(), &own) != 0) return IoError("stat", name, errno);
  if (::fstat(in.fd(), &other) == 0 && IsSameFile(own, other)) {
    return UsageError(Concat(name, " is what ", in.name(), " is read from; write somewhere else"));
  }
  JsonLinesWriter writer(name, std::move(fd), S_ISREG(own.st_mode));
  writer.emptied_ = standard;  // whoever redirected it decided
  return writer;
}

absl::Status JsonLinesWriter::Write(std::string_view line) {
  held_.append(line).append(1, '\n');
  return is_file_ && held_.size() < kHeldBytes ? absl::OkStatus() : Flush();
}

absl::Status JsonLinesWriter::Finish() { return Flush(); }

absl::Status JsonLinesWriter::Flush() {
  if (is_file_ && !std::exchange(emptied_, true) && ::ftruncate(fd_.get(), 0) != 0) {
    return IoError("truncate", name_, errno);
  }
  const absl::Status status = WriteAll(fd_.get(), name_, held_);
  held_.clear();
  return WithExitCode(status, ExitCode::kIo);
}

}  // namespace rubato
