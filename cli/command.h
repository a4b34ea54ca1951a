// The commands of `rubato`: their names, help and entry points.

#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

// What main knows of the outside.
struct CommandContext {
  std::ostream* out = nullptr;
  std::string invoked_as = "rubato";  // how the next command is to be typed
  std::string own_directory;          // of this program
  bool live = false;                  // standard output is a terminal that can rewrite a line
  bool color = false;
};

struct Command {
  std::string name;      // "data countdown" is two words
  std::string synopsis;  // what follows the name: "CONFIG.yaml [--run DIR] ..."; empty without help
  std::string summary;   // one line of the overview
  // What `rubato help NAME` says below the synopsis.  Empty: the command is a mode of another program, which
  // says it itself.
  std::string help;
  // The exit code; an error is printed and ends the program with ExitCodeFor.  Without help of its own the
  // command is run with "--help".
  std::function<absl::StatusOr<int>(const std::vector<std::string>& arguments, const CommandContext&)> run;
};

// In the order of the overview.
const std::vector<Command>& Commands();

// Finds and runs the command that `arguments` begin with; `help`, `--help` and nothing print the overview.
// UsageError naming the nearest command when there is none of that name.
absl::StatusOr<int> RunCommand(const std::vector<std::string>& arguments, const CommandContext& context);

// The overview, or the page of one command.
std::string RenderOverview();
std::string RenderHelp(const Command& command);

}  // namespace rubato
