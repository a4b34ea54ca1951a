// What a command was given, as values.  Pure: no files, no environment.
//
// Options may stand anywhere among the other arguments, as `--name value` or `--name=value`; what follows
// `--` is no option.  An underscore in a name is as good as a dash.  Commands and modes that people type read
// their arguments here, each its own; the roles of a run, which `rubato up` starts, use absl flags.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

// What is wrong with a command line: INVALID_ARGUMENT that ends the program with 64.
absl::Status UsageError(std::string message);

// Declare the options, then Parse.  The values outlive the parser and keep what they hold if the option is
// not given.
class ArgumentParser {
 public:
  void Switch(std::string name, bool* value);
  void Text(std::string name, std::string* value);
  // May be given more than once: each value is added.
  void Texts(std::string name, std::vector<std::string>* values);
  void Choice(std::string name, std::string* value, std::vector<std::string> choices);
  void Count(std::string name, int64_t* value, int64_t min, int64_t max);
  void Number(std::string name, double* value, double min, double max);

  // Gives the arguments that are no options, in order.  UsageError: an option that was not declared (names
  // the nearest), that lacks its value, has one it cannot take, or is given twice.
  absl::StatusOr<std::vector<std::string>> Parse(const std::vector<std::string>& arguments);

  // The same for a command that takes options only.
  absl::Status ParseOptions(const std::vector<std::string>& arguments);

 private:
  struct Option {
    std::string name;
    bool* flag = nullptr;  // of these six one is set
    std::string* text = nullptr;
    std::vector<std::string>* texts = nullptr;
    std::string* choice = nullptr;
    int64_t* count = nullptr;
    double* number = nullptr;
    std::vector<std::string> choices;  // allowed for `choice`
    double min = 0, max = 0;           // allowed for `number`
    int64_t least = 0, most = 0;       // allowed for `count`
    bool given = false;
  };
  Option& Declare(std::string name);
  absl::StatusOr<Option*> Find(const std::string& name);
  static absl::Status Assign(const Option& option, const std::string& value);

  std::vector<Option> options_;
};

// Whether help is asked for instead of work: the first argument is "help", "--help" or "-h".
bool AsksForHelp(const std::vector<std::string>& arguments);

// The one of `names` with the fewest edits from `name`; empty if none is near enough to be meant.
std::string NearestName(const std::string& name, const std::vector<std::string>& names);

}  // namespace rubato
