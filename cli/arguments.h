// What a command was given, as values.  Pure: no files, no environment.
//
// Options may stand anywhere among the other arguments, as `--name value` or `--name=value`; what follows
// `--` is no option.  `rubato` reads its own arguments because each command has others; the programs it
// starts use absl flags.

#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

// What is wrong with a command line: INVALID_ARGUMENT that ends the program with 64.
absl::Status UsageError(std::string message);

// Declare the options, then Parse.  The values outlive the parser.
class ArgumentParser {
 public:
  void Switch(std::string name, bool* value);
  void Text(std::string name, std::string* value);
  void Count(std::string name, int* value, int min, int max);

  // Gives the arguments that are no options, in order.  UsageError: an option that was not declared (names
  // the nearest), that lacks its value, has one it cannot take, or is given twice.
  absl::StatusOr<std::vector<std::string>> Parse(const std::vector<std::string>& arguments);

 private:
  struct Option {
    std::string name;
    bool* flag = nullptr;
    std::string* text = nullptr;
    int* count = nullptr;
    int min = 0, max = 0;
    bool given = false;
  };
  absl::StatusOr<Option*> Find(const std::string& name);
  static absl::Status Assign(Option* option, const std::string& value);

  std::vector<Option> options_;
};

// `rubato up`.
struct UpArguments {
  std::string config;                  // the YAML file; empty when resuming
  std::string run_directory;           // --run; empty: a new one under runs/
  std::string resume;                  // --resume: the run directory to go on with
  std::vector<std::string> overrides;  // "section.key=value"
  int workers = 2;
  std::string listen = "127.0.0.1:0";  // where the hub listens
  bool dry_run = false;
  bool plain = false;  // lines instead of the status line, on a terminal too
};

absl::StatusOr<UpArguments> ParseUpArguments(const std::vector<std::string>& arguments);

// The one of `names` with the fewest edits from `name`; empty if none is near enough to be meant.
std::string NearestName(const std::string& name, const std::vector<std::string>& names);

}  // namespace rubato
