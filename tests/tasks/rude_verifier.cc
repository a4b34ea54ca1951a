// Stands in for rubato-verify and does what the response says.
//
//   hang        never answers              fork PATH  so does a child of it, which holds PATH open for
//   writing crash       ends by a signal           crash unless PATH   makes PATH and crashes; with PATH
//   there, judges exit        ends with code 3           memory     asks for 4 GiB flood       writes without
//   end         nonsense   answers no reply stranger    answers another id         anything else: reward 1

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tasks/verdict_wire.h"

namespace {

[[noreturn]] void Hang() {
  while (true) pause();
}

[[noreturn]] void Flood() {
  while (true) std::cout << "all work and no play";
}

void CrashUnless(const char* path) {
  if (access(path, F_OK) == 0) return;
  close(open(path, O_CREAT | O_WRONLY, 0600));
  std::abort();
}

void Answer(const rubato::VerdictRequest& request) {
  const std::string& what = request.response;
  rubato::VerdictReply reply{request.id, 1, {{"rude", 1}}, ""};
  if (what == "hang") Hang();
  if (what == "crash") std::abort();
  if (what == "exit") std::exit(3);
  if (what == "flood") Flood();
  if (what == "memory") std::string(size_t{4} << 30, 'x').swap(reply.error);
  if (what == "stranger") ++reply.id;
  if (what.starts_with("crash unless ")) CrashUnless(what.c_str() + 13);
  if (what.starts_with("fork ")) {
    if (fork() == 0) open(what.c_str() + 5, O_WRONLY);
    Hang();
  }
  std::cout << (what == "nonsense" ? "well, well" : rubato::WriteReply(reply)) << std::endl;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) Answer(*rubato::ParseRequest(line));
  return 0;
}
