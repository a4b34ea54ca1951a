#include "tests/integration/program.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "common/process.h"
#include "tests/integration/harness.h"

namespace rubato {

Ended RunProgram(const std::vector<std::string>& argv, absl::Duration timeout) {
  const std::string file = FreshDirectory() + "/output.txt";
  SubprocessOptions options;
  options.argv = argv;
  options.out = options.err = ProcessOutput::AppendToFile(file);
  absl::StatusOr<Subprocess> process = Subprocess::Start(options);
  if (!process.ok()) return {-1, process.status().ToString()};
  const std::optional<ProcessExit> exit = process->Wait(timeout);
  std::ostringstream output;
  output << std::ifstream(file).rdbuf();
  if (!exit) return {-1, output.str() + "\n(did not end)"};
  return {exit->signalled ? 128 + exit->code : exit->code, output.str()};
}

}  // namespace rubato
