#include "cli/run_directory.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/json.h"
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

// Steps that metrics.jsonl tells of: the hub writes a line for each that is committed.
uint64_t CommittedSteps(const std::string& directory) {
  const absl::StatusOr<std::string> text = ReadFile(directory + "/metrics.jsonl");
  if (!text.ok()) return 0;
  uint64_t steps = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const absl::StatusOr<Json> json = Json::Parse(line);
    if (!json.ok() || !json->GetDouble("reward/mean").ok()) continue;
    steps = std::max(steps, json->GetUint("step").value_or(0) + 1);
  }
  return steps;
}

void CheckSteps(const std::string& directory, const RunConfig& config, Problems* problems) {
  const uint64_t committed = CommittedSteps(directory);
  if (!config.run().has_steps() || config.run().steps() >= committed) return;
  problems->Add(Concat("run.steps=", config.run().steps(), ": ", committed,
                       " steps of this run are committed already. ", "Give more to go on training"));
}

}  // namespace

bool HoldsLedger(const std::string& directory) { return FileExists(directory + "/ledger/ledger.sqlite"); }

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

void ForgetRunWithoutLedger(const std::string& directory) {
  std::error_code ignored;
  if (!HoldsLedger(directory)) fs::remove(ConfigFile(directory), ignored);
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
  const RunConfig config = LoadRunConfig(ConfigFile(directory), overrides, problems);
  CheckSteps(directory, config, problems);
  return config;
}

absl::Status RewriteRunConfig(const std::string& directory, const RunConfig& config) {
  return WriteFileAtomically(ConfigFile(directory), ToYaml(config));
}

}  // namespace rubato
