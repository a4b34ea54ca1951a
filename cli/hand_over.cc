#include "cli/hand_over.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "cli/programs.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/file_write.h"
#include "common/status.h"
#include "common/unique_fd.h"

namespace rubato {

absl::StatusOr<int> HandOver(const std::string& program, const std::string& mode,
                             const std::vector<std::string>& arguments, const CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string path, FindProgram(program, context.own_directory));
  std::vector<std::string> words = {path, mode};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  context.out->flush();
  execv(path.c_str(), argv.data());
  return FileError("execute", path, errno);
}

absl::StatusOr<int> HandOverWithInput(const std::string& program, const std::string& mode,
                                      const std::vector<std::string>& arguments, const std::string& input,
                                      const CommandContext& context) {
  // A file without a name: unlike a pipe it holds any amount before it is read.
  const UniqueFd file(memfd_create("input", MFD_CLOEXEC));
  absl::Status status = file.valid() ? WriteAll(file.get(), "the memory of standard input", input)
                                     : FileError("make", "memory for standard input", errno);
  if (status.ok() && (lseek(file.get(), 0, SEEK_SET) != 0 || dup2(file.get(), STDIN_FILENO) < 0)) {
    status = FileError("replace", "standard input", errno);
  }
  RETURN_IF_ERROR(WithExitCode(status, ExitCode::kIo));
  return HandOver(program, mode, arguments, context);
}

std::string ProgramThatScores(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::string next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (word == "--dtype=bf16" || word == "--device=cuda" || (word == "--dtype" && next == "bf16") ||
        (word == "--device" && next == "cuda")) {
      return "rubato-learner";
    }
  }
  return "rubato-rollout";
}

}  // namespace rubato
