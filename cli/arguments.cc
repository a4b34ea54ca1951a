#include "cli/arguments.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/status.h"

namespace rubato {

namespace {

size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

bool IsOverride(const std::string& argument) {
  const size_t equals = argument.find('='), dot = argument.find('.'), slash = argument.find('/');
  return equals != std::string::npos && dot < equals && !(slash < equals);
}

}  // namespace

absl::Status UsageError(std::string message) {
  return WithExitCode(absl::InvalidArgumentError(message), ExitCode::kUsage);
}

std::string NearestName(const std::string& name, const std::vector<std::string>& names) {
  std::string nearest;
  size_t best = name.size() / 2 + 1;
  for (const std::string& candidate : names) {
    const size_t distance = EditDistance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

void ArgumentParser::Switch(std::string name, bool* value) {
  options_.emplace_back().name = std::move(name);
  options_.back().flag = value;
}

void ArgumentParser::Text(std::string name, std::string* value) {
  options_.emplace_back().name = std::move(name);
  options_.back().text = value;
}

void ArgumentParser::Count(std::string name, int* value, int min, int max) {
  Option& option = options_.emplace_back();
  option.name = std::move(name);
  option.count = value;
  option.min = min;
  option.max = max;
}

absl::StatusOr<ArgumentParser::Option*> ArgumentParser::Find(const std::string& name) {
  std::vector<std::string> names;
  for (Option& option : options_) {
    if (option.name == name) return &option;
    names.push_back(option.name);
  }
  const std::string nearest = NearestName(name, names);
  return UsageError(Concat("there is no option --", name,
                           nearest.empty() ? "" : Concat("; did you mean --", nearest, "?")));
}

absl::Status ArgumentParser::Assign(Option* option, const std::string& value) {
  if (option->text != nullptr) {
    if (value.empty()) return UsageError(Concat("--", option->name, " needs a value, not an empty one"));
    *option->text = value;
    return absl::OkStatus();
  }
  if (!absl::SimpleAtoi(value, option->count) || *option->count < option->min ||
      *option->count > option->max) {
    return UsageError(Concat("--", option->name, "=", value, ": needs a whole number from ", option->min,
                             " to ", option->max));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ArgumentParser::Parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> others;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      others.insert(others.end(), arguments.begin() + i + 1, arguments.end());
      break;
    }
    if (argument.size() < 3 || !argument.starts_with("--")) {
      if (argument.size() > 1 && argument[0] == '-')
        return UsageError(Concat("there is no option ", argument));
      others.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const bool has_value = equals != std::string::npos;
    ASSIGN_OR_RETURN(Option * option, Find(argument.substr(2, has_value ? equals - 2 : equals)));
    if (std::exchange(option->given, true)) return UsageError(Concat("--", option->name, " is given twice"));
    if (option->flag != nullptr) {
      if (has_value) return UsageError(Concat("--", option->name, " takes no value"));
      *option->flag = true;
      continue;
    }
    if (!has_value && i + 1 == arguments.size())
      return UsageError(Concat("--", option->name, " needs a value"));
    RETURN_IF_ERROR(Assign(option, has_value ? argument.substr(equals + 1) : arguments[++i]));
  }
  return others;
}

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
