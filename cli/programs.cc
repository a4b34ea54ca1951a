#include "cli/programs.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "common/concat.h"
#include "common/exit_code.h"

namespace rubato {

namespace fs = std::filesystem;

namespace {

// The package of a build that makes it; rubato-verify is in tasks/.
std::string PackageOf(const std::string& name) {
  const std::string role = name.substr(name.find('-') + 1);
  return role == "verify" ? "tasks" : role;
}

}  // namespace

absl::StatusOr<std::string> OwnDirectory() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return absl::InternalError(Concat("/proc/self/exe: ", error.message()));
  return self.parent_path().string();
}

absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_directory) {
  const fs::path own = own_directory;
  const fs::path beside = own / name, built = own.parent_path() / PackageOf(name) / name;
  for (const fs::path& path : {beside, built}) {
    if (access(path.c_str(), X_OK) == 0 && !fs::is_directory(path)) return path.string();
  }
  return WithExitCode(
      absl::NotFoundError(Concat("the program ", name, " is not installed: neither ", beside.string(),
                                 " nor ", built.string(), " can be executed")),
      ExitCode::kUnavailable);
}

}  // namespace rubato
