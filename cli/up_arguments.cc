#include "cli/up_arguments.h"

#include "common/arguments.h"
#include "common/concat.h"
#include "common/status.h"

namespace rubato {

namespace {

bool IsOverride(const std::string& argument) {
  const size_t equals = argument.find('='), dot = argument.find('.'), slash = argument.find('/');
  return equals != std::string::npos && dot < equals && !(slash < equals);
}

}  // namespace

absl::StatusOr<UpArguments> ParseUpArguments(const std::vector<std::string>& arguments) {
  UpArguments up;
  ArgumentParser parser;
  parser.Text("run", &up.run_directory);
  parser.Text("resume", &up.resume);
  parser.Count("workers", &up.workers, 1, 256);
  parser.Text("listen", &up.listen);
  parser.Switch("dry-run", &up.dry_run);
  parser.Switch("plain", &up.plain);
  ASSIGN_OR_RETURN(const std::vector<std::string> others, parser.Parse(arguments));
  for (const std::string& other : others) {
    if (IsOverride(other)) {
      up.overrides.push_back(other);
    } else if (!up.config.empty()) {
      return UsageError(Concat("one configuration file is needed, not two: ", up.config, " and ", other));
    } else {
      up.config = other;
    }
  }
  if (!up.resume.empty() && !up.config.empty()) {
    return UsageError(
        Concat("--resume takes the configuration from ", up.resume, "/config.yaml; leave out ", up.config));
  }
  if (!up.resume.empty() && !up.run_directory.empty())
    return UsageError("--resume names the run directory; leave out --run");
  if (up.resume.empty() && up.config.empty())
    return UsageError("which run? Give a configuration file, or --resume RUN");
  return up;
}

}  // namespace rubato
