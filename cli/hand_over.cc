#include "cli/hand_over.h"

#include <unistd.h>

#include <cerrno>

#include "cli/programs.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {

absl::StatusOr<int> HandOver(const std::string& program, const std::string& mode,
                             const std::vector<std::string>& arguments, const CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string path, FindProgram(program, context.own_directory));
  std::vector<std::string> words = {path, mode};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  return FileError("execute", path, errno);
}

}  // namespace rubato
