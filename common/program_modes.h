// The modes of a program that people reach through `rubato NAME`: words instead of flags behind its name.
//
// Called from main before other threads start.

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rubato {

struct ProgramMode {
  std::string name;
  std::string help;  // for `rubato NAME --help`; ends with a line end
  std::function<absl::Status(const std::vector<std::string>& arguments)> run;
};

// Runs the mode that argv[1] names and gives the exit code of the program: help goes to standard output, an
// error to standard error, all lines of it.  A word that names no mode is an error (64) that names the
// nearest.  Nothing: argv[1] is absent or a flag, so the program does its own work.
//
// A reader of the output who goes away is an error like any other that keeps it from being written (74).
std::optional<int> RunProgramMode(std::span<const ProgramMode> modes, int argc, char** argv);

}  // namespace rubato
