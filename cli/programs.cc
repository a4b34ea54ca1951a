#include "cli/programs.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <vector>

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

std::string FindBesideProgram(const std::string& path, const std::string& invoked_as,
                              const std::string& own_directory) {
  std::error_code error;
  if (fs::exists(path, error)) return path;
  std::vector<fs::path> places;
  // Without a slash it was found along PATH, and says nothing about its place.
  if (invoked_as.find('/') != std::string::npos) {
    places.push_back(fs::canonical(invoked_as, error).parent_path());
  }
  for (fs::path above = own_directory; !above.empty(); above = above.parent_path()) {
    places.push_back(above);
    if (above == above.root_path()) break;
  }
  for (const fs::path& place : places) {
    if (!place.empty() && fs::exists(place / path, error)) return (place / path).string();
  }
  return path;
}

}  // namespace rubato
