// rubato: the command people type.  It starts the other programs and links none of what they link.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/command.h"
#include "cli/programs.h"
#include "common/exit_code.h"

namespace {

rubato::CommandContext ContextOfThisProcess(const char* invoked_as) {
  rubato::CommandContext context;
  context.out = &std::cout;
  context.invoked_as = invoked_as;
  const char* terminal = std::getenv("TERM");
  context.live = isatty(STDOUT_FILENO) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
  context.color = context.live && std::getenv("NO_COLOR") == nullptr;
  return context;
}

// Further lines below the first: a message may list several problems.
std::string Indented(const std::string& message) {
  std::string text;
  for (const char c : message) text += c == '\n' ? std::string("\n        ") : std::string(1, c);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader of our output that goes away must not end the run.
  signal(SIGPIPE, SIG_IGN);
  rubato::CommandContext context = ContextOfThisProcess(argc > 0 ? argv[0] : "rubato");
  absl::StatusOr<int> exit_code = 0;
  if (absl::StatusOr<std::string> directory = rubato::OwnDirectory(); directory.ok()) {
    context.own_directory = *directory;
    exit_code = rubato::RunCommand({argv + 1, argv + argc}, context);
  } else {
    exit_code = directory.status();
  }
  if (exit_code.ok() && *exit_code == 0 && !std::cout.flush()) {
    exit_code =
        rubato::WithExitCode(absl::UnknownError("cannot write standard output"), rubato::ExitCode::kIo);
  }
  if (exit_code.ok()) return *exit_code;
  std::cerr << "rubato: " << Indented(std::string(exit_code.status().message())) << std::endl;
  return rubato::ToInt(rubato::ExitCodeFor(exit_code.status()));
}
