#include "cli/run_directory.h"

#include <algorithm>
#include <filesystem>

#include "cli/arguments.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/resumable_keys.h"
#include "common/status.h"

namespace rubato {

namespace fs = std::filesystem;

namespace {

std::string ConfigFile(const std::string& directory) { return directory + "/config.yaml"; }

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::string NextRunDirectory(const std::string& parent, const std::string& name) {
  for (int number = 1;; ++number) {
    const std::string path = fs::absolute(Concat(parent, "/", name, "-", number)).lexically_normal();
    if (!FileExists(path)) return path;
  }
}

std::string ShownPath(const std::string& path) {
  std::error_code error;
  const std::string here = fs::current_path(error).string() + "/";
  return !error && path.starts_with(here) ? path.substr(here.size()) : path;
}

absl::Status CreateRun(const std::string& directory, const RunConfig& config) {
  if (FileExists(ConfigFile(directory))) {
    const std::string shown = ShownPath(directory);
    return UsageError(Concat(shown, " already holds a run. Go on with it: rubato up --resume ", shown,
                             ". Or give the new run another place: --run DIR"));
  }
  absl::Status status = CreateDirectories(directory + "/logs");
  if (status.ok()) status = WriteFileAtomically(ConfigFile(directory), ToYaml(config));
  return WithExitCode(status, ExitCode::kIo);
}

RunConfig ReopenRun(const std::string& directory, const std::vector<std::string>& overrides,
                    Problems* problems) {
  if (!FileExists(ConfigFile(directory))) {
    problems->Add(Concat("--resume ", directory, ": there is no run, ", ConfigFile(directory),
                         " does not exist. Begin one: rubato up CONFIG.yaml --run ", directory));
    return {};
  }
  for (const std::string& override : overrides) {
    const std::string key = override.substr(0, override.find('='));
    const std::vector<std::string>& allowed = ResumableKeys();
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      problems->Add(Concat(override, ": an existing run cannot change ", key, "; what may change is ",
                           Listed(allowed), ". Begin a new run for another value"));
    }
  }
  return LoadRunConfig(ConfigFile(directory), overrides, problems);
}

absl::Status RewriteRunConfig(const std::string& directory, const RunConfig& config) {
  return WriteFileAtomically(ConfigFile(directory), ToYaml(config));
}

}  // namespace rubato
