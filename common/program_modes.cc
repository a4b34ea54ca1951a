#include "common/program_modes.h"

#include <signal.h>

#include <filesystem>
#include <iostream>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/exit_code.h"

namespace rubato {
namespace {

// A message may list several problems.
std::string Indented(const std::string& message) {
  std::string text;
  for (const char c : message) text += c == '\n' ? std::string("\n        ") : std::string(1, c);
  return text;
}

int Fail(const std::string& who, const absl::Status& status) {
  std::cerr << who << ": " << Indented(std::string(status.message())) << std::endl;
  return ToInt(ExitCodeFor(status));
}

// What the mode wrote to standard output must have got there.
absl::Status FlushOutput() {
  if (std::cout.flush()) return absl::OkStatus();
  return WithExitCode(absl::UnknownError("cannot write standard output"), ExitCode::kIo);
}

int RunMode(const ProgramMode& mode, const std::vector<std::string>& arguments) {
  absl::Status status;
  if (AsksForHelp(arguments)) {
    std::cout << mode.help;
  } else {
    status = mode.run(arguments);
  }
  status.Update(FlushOutput());
  if (status.ok()) return ToInt(ExitCode::kDone);
  const int code = Fail(Concat("rubato ", mode.name), status);
  if (code == ToInt(ExitCode::kUsage)) std::cerr << "`rubato help " << mode.name << "` tells more\n";
  return code;
}

}  // namespace

std::optional<int> RunProgramMode(std::span<const ProgramMode> modes, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-' || argv[1][0] == '\0') return std::nullopt;
  signal(SIGPIPE, SIG_IGN);
  const std::string name = argv[1];
  std::vector<std::string> names;
  for (const ProgramMode& mode : modes) {
    if (mode.name == name) return RunMode(mode, {argv + 2, argv + argc});
    names.push_back(mode.name);
  }
  const std::string nearest = NearestName(name, names);
  return Fail(std::filesystem::path(argv[0]).filename().string(),
              UsageError(Concat("there is no mode \"", name, "\"",
                                nearest.empty() ? "" : Concat("; did you mean \"", nearest, "\"?"))));
}

}  // namespace rubato
