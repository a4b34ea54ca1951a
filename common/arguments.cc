#include "common/arguments.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
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

}  // namespace

absl::Status UsageError(std::string message) {
  return WithExitCode(absl::InvalidArgumentError(message), ExitCode::kUsage);
}

bool AsksForHelp(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments[0] == "help" || arguments[0] == "--help" || arguments[0] == "-h");
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

ArgumentParser::Option& ArgumentParser::Declare(std::string name) {
  options_.emplace_back().name = std::move(name);
  return options_.back();
}

void ArgumentParser::Switch(std::string name, bool* value) { Declare(std::move(name)).flag = value; }

void ArgumentParser::Text(std::string name, std::string* value) { Declare(std::move(name)).text = value; }

void ArgumentParser::Texts(std::string name, std::vector<std::string>* values) {
  Declare(std::move(name)).texts = values;
}

void ArgumentParser::Choice(std::string name, std::string* value, std::vector<std::string> choices) {
  Option& option = Declare(std::move(name));
  option.choice = value;
  option.choices = std::move(choices);
}

void ArgumentParser::Count(std::string name, int64_t* value, int64_t min, int64_t max) {
  Option& option = Declare(std::move(name));
  option.count = value;
  option.least = min;
  option.most = max;
}

void ArgumentParser::Number(std::string name, double* value, double min, double max) {
  Option& option = Declare(std::move(name));
  option.number = value;
  option.min = min;
  option.max = max;
}

absl::StatusOr<ArgumentParser::Option*> ArgumentParser::Find(const std::string& name) {
  std::string wanted = name;
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  std::vector<std::string> names;
  for (Option& option : options_) {
    if (option.name == wanted) return &option;
    names.push_back(option.name);
  }
  const std::string nearest = NearestName(wanted, names);
  return UsageError(Concat("there is no option --", name,
                           nearest.empty() ? "" : Concat("; did you mean --", nearest, "?")));
}

absl::Status ArgumentParser::Assign(const Option& option, const std::string& value) {
  const auto refuse = [&](const std::string& needed) {
    return UsageError(Concat("--", option.name, "=", value, ": needs ", needed));
  };
  if (value.empty()) return UsageError(Concat("--", option.name, " needs a value, not an empty one"));
  if (option.text != nullptr) {
    *option.text = value;
  } else if (option.texts != nullptr) {
    option.texts->push_back(value);
  } else if (option.choice != nullptr) {
    if (std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end()) {
      return refuse(absl::StrJoin(option.choices, " or "));
    }
    *option.choice = value;
  } else if (option.count != nullptr) {
    int64_t count = 0;
    if (!absl::SimpleAtoi(value, &count) || count < option.least || count > option.most) {
      return refuse(Concat("a whole number from ", option.least, " to ", option.most));
    }
    *option.count = count;
  } else {
    double number = 0;
    if (!absl::SimpleAtod(value, &number) || !(number >= option.min && number <= option.max)) {
      return refuse(Concat("a number from ", option.min, " to ", option.max));
    }
    *option.number = number;
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
    const bool again = std::exchange(option->given, true);
    if (again && option->texts == nullptr) return UsageError(Concat("--", option->name, " is given twice"));
    if (option->flag != nullptr) {
      if (has_value) return UsageError(Concat("--", option->name, " takes no value"));
      *option->flag = true;
      continue;
    }
    if (!has_value && i + 1 == arguments.size())
      return UsageError(Concat("--", option->name, " needs a value"));
    RETURN_IF_ERROR(Assign(*option, has_value ? argument.substr(equals + 1) : arguments[++i]));
  }
  return others;
}

absl::Status ArgumentParser::ParseOptions(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const std::vector<std::string> others, Parse(arguments));
  if (others.empty()) return absl::OkStatus();
  return UsageError(Concat("there is no use for \"", others[0], "\" here: options only"));
}

}  // namespace rubato
