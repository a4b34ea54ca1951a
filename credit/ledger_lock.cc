#include "credit/ledger_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status Held(const std::string& run_directory, const std::string& path) {
  absl::StatusOr<std::string> holder = ReadFile(path, 64);
  const std::string who = holder.ok() && !holder->empty() ? Concat(" (process ", *holder, ")") : "";
  return absl::UnavailableError(Concat("another hub", who, " runs on ", run_directory, ": it holds ", path,
                                       ". End it first, or give this one another --run"));
}

}  // namespace

absl::StatusOr<LedgerLock> LedgerLock::Acquire(const std::string& run_directory) {
  RETURN_IF_ERROR(CreateDirectories(run_directory));
  const std::string path = Concat(run_directory, "/hub.lock");
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return FileError("open", path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Held(run_directory, path) : FileError("lock", path, errno);
  }
  // For the message of whoever comes second; the lock does not depend on it.
  const std::string pid = Concat(::getpid());
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
    return FileError("write", path, errno);
  }
  return LedgerLock(std::move(fd));
}

}  // namespace rubato
