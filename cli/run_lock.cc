#include "cli/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "common/concat.h"
#include "common/file.h"

namespace rubato {

absl::StatusOr<RunLock> RunLock::Take(const std::string& run_directory) {
  const std::string path = run_directory + "/up.lock";
  UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) return FileError("open", path, errno);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError("lock", path, errno);
    const std::string holder = ReadFile(path).value_or("");
    return absl::UnavailableError(Concat("another rubato up (process ", holder.empty() ? "unknown" : holder,
                                         ") runs on ", run_directory, ". End it first"));
  }
  const std::string pid = Concat(getpid());
  if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
    return FileError("write", path, errno);
  }
  return RunLock(std::move(file));
}

}  // namespace rubato
