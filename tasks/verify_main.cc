// rubato-verify: judges responses. Requests come as JSON lines on stdin, answers go to stdout in the same
// order; see tasks/verdict_wire.h. Ends with 0 at the end of input, 65 at a line that is no request, 74 when
// it cannot write.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/exit_code.h"
#include "tasks/judge_line.h"
#include "tasks/line_buffer.h"
#include "tasks/verdict_wire.h"

namespace {

using rubato::ExitCode;

ExitCode Fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "rubato-verify: %s\n", message.c_str());
  return code;
}

bool WriteAll(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t written = write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) at += static_cast<size_t>(written);
  }
  return true;
}

// Answers all lines that have arrived with one write.
ExitCode Answer(rubato::LineBuffer* lines) {
  std::string answers;
  while (const std::optional<std::string> line = lines->Take()) {
    const absl::StatusOr<std::string> answer = rubato::JudgeLine(*line);
    if (!answer.ok()) return Fail(ExitCode::kBadData, std::string(answer.status().message()));
    answers += *answer + "\n";
  }
  if (lines->size() > rubato::kMostRequestBytes) return Fail(ExitCode::kBadData, "a request is too long");
  return WriteAll(answers) ? ExitCode::kDone : Fail(ExitCode::kIo, "cannot write an answer");
}

ExitCode Serve() {
  rubato::LineBuffer lines;
  std::string chunk(1 << 16, '\0');
  while (true) {
    const ssize_t bytes = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return Fail(ExitCode::kIo, "cannot read a request");
    if (bytes == 0) break;
    lines.Add(std::string_view(chunk).substr(0, static_cast<size_t>(bytes)));
    if (const ExitCode code = Answer(&lines); code != ExitCode::kDone) return code;
  }
  return lines.size() == 0 ? ExitCode::kDone : Fail(ExitCode::kBadData, "the last request is cut");
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("judges responses: JSON lines in, JSON lines out");
  if (absl::ParseCommandLine(argc, argv).size() > 1) {
    return rubato::ToInt(Fail(ExitCode::kUsage, "takes no arguments; requests come on stdin"));
  }
  return rubato::ToInt(Serve());
}
